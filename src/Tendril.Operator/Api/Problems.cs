namespace Tendril.Operator.Api;

/// <summary>Errors as ProblemDetails (RFC 9457).</summary>
internal static class Problems
{
    public static IResult Invalid(Dictionary<string, string[]> errors) =>
        TypedResults.ValidationProblem(errors, detail: string.Join(" ", errors.Select(error => $"{error.Key}: {error.Value[0]}")), title: "The request is not valid.");

    public static IResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: 404);

    public static IResult Busy(string detail) => TypedResults.Problem(detail, statusCode: 503);

    /// <summary>For endpoints without parameters: null, or what is wrong.</summary>
    public static IResult? Unknown(HttpRequest request)
    {
        var errors = QueryFields.Check(request.Query);
        return errors.Count == 0 ? null : Invalid(errors);
    }
}
