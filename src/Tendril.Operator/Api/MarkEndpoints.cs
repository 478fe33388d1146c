using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Tendril.Operator.Doors;
using Tendril.Operator.Memory;

namespace Tendril.Operator.Api;

/// <summary>The marks, by time.</summary>
internal sealed record MarksDocument(ImmutableArray<Mark> Marks);

/// <summary>What a mark is to say.</summary>
/// <param name="At">The moment; null: now.</param>
/// <param name="Note">Null: nothing.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MarkRequest(DateTimeOffset? At, string? Note);

/// <summary>Named moments. Everybody who reads sees them; where people sign in, admins set them.</summary>
internal static class MarkEndpoints
{
    public static void MapMarks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/marks", List).WithName("marks").WithTags("marks").WithSummary("Moments that users gave a name, by time.")
            .Produces<MarksDocument>().ProducesValidationProblem();
        routes.MapPut("/api/marks/{name}", SetAsync).WithName("setMark").WithTags("marks").WithSummary("Gives a moment a name, or changes the one that has it.")
            .WithDescription($"At most {Marks.Most} marks. Kept over restarts with --memory. Where people sign in, for admins.")
            .Accepts<MarkRequest>("application/json").Produces<Mark>().ProducesValidationProblem().ProducesProblem(403).ProducesProblem(415).ProducesProblem(503);
        routes.MapDelete("/api/marks/{name}", Remove).WithName("removeMark").WithTags("marks").WithSummary("Takes a mark away. Where people sign in, for admins.")
            .Produces(204).ProducesValidationProblem().ProducesProblem(403).ProducesProblem(404);
    }

    private static IResult List(HttpRequest request, Marks marks) =>
        Problems.Unknown(request) ?? TypedResults.Json(
            new MarksDocument([.. marks.All.Values.OrderBy(mark => mark.At).ThenBy(mark => mark.Name, StringComparer.Ordinal)]), ApiJson.Default.MarksDocument);

    private static async Task<IResult> SetAsync(
        HttpContext context, string name, Marks marks, OperatorOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        if ((Problems.Unknown(context.Request) ?? Refusal(context, options)) is { } problem)
        {
            return problem;
        }

        var (request, unreadable) = await JsonBody.ReadAsync(context.Request, ApiJson.Default.MarkRequest, cancellation);
        if (unreadable is not null)
        {
            return unreadable;
        }

        var errors = new Dictionary<string, string[]>();
        if (name.Length > Marks.NameLength || name.Any(char.IsControl) || string.IsNullOrWhiteSpace(name))
        {
            errors["name"] = [$"Must be 1 to {Marks.NameLength} characters, none of them a control character."];
        }

        if (request?.Note is { } note && (note.Length > Marks.NoteLength || note.Any(char.IsControl)))
        {
            errors["note"] = [$"Must be at most {Marks.NoteLength} characters, none of them a control character."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var mark = new Mark(name, (request?.At ?? clock.GetUtcNow()).ToUniversalTime(), request?.Note);
        return marks.Set(mark)
            ? TypedResults.Json(mark, ApiJson.Default.Mark)
            : Problems.Busy($"There are {Marks.Most} marks already; take one away first.");
    }

    private static IResult Remove(HttpContext context, string name, Marks marks, OperatorOptions options) =>
        Problems.Unknown(context.Request) ?? Refusal(context, options)
        ?? (marks.Remove(name) ? TypedResults.NoContent() : Problems.NotFound($"name: there is no mark '{name}'."));

    private static IResult? Refusal(HttpContext context, OperatorOptions options) => options.WantsSignIn ? AccessGuard.RequireAdmin(context) : null;
}
