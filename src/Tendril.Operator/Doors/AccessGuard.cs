using Grpc.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using Tendril.Graph;

namespace Tendril.Operator.Doors;

/// <summary>Lets in who is known: by a token, by a browser's session, or by the word of a proxy that is trusted. Without such settings everybody is let in.</summary>
internal sealed class AccessGuard(OperatorOptions options, Tokens tokens, Sessions sessions, FailedSignIns failed)
{
    private const string Scheme = "Bearer ";
    private const string GrpcServices = "/tendril.v1.";
    private const int LongestName = 255;

    /// <summary>What is there for everybody: whether it lives, and the way in.</summary>
    private static readonly string[] Open = ["/health", SignInPage.Path, SignInPage.StylePath];

    public Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        if (!options.WantsSignIn || IsGrpc(context.Request) || Array.Exists(Open, path => context.Request.Path == path))
        {
            return next();
        }

        var (visitor, refusal) = Identify(context);
        if (visitor is not null)
        {
            context.Features.Set(visitor);
            return next();
        }

        if (refusal is null && IsPage(context.Request))
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Redirect(SignInPage.Path);
            return Task.CompletedTask;
        }

        return (refusal ?? Unknown(context, "This needs a token: send it as 'Authorization: Bearer TOKEN', or sign in at /sign-in.")).ExecuteAsync(context);
    }

    /// <summary>For calls of gRPC that read.</summary>
    /// <exception cref="RpcException">The caller is not known.</exception>
    public void RequireViewer(HttpContext context)
    {
        if (!options.WantsSignIn)
        {
            return;
        }

        if (Identify(context).Visitor is null)
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, "this needs a token that the operator knows: give --token-file"));
        }
    }

    /// <summary>Null for an admin, or the refusal.</summary>
    public static IResult? RequireAdmin(HttpContext context) => context.Features.Get<Visitor>() switch
    {
        { Role: Role.Admin } => null,
        { Name: var name } => TypedResults.Problem($"{name} is no admin; this needs a token of that role.", statusCode: 403),
        null => TypedResults.Problem("This needs a token of the role admin, and the operator was started without --tokens.", statusCode: 403),
    };

    /// <summary>Looks up a token that was sent.</summary>
    /// <returns>The token's entry, or the refusal: 429 for an address that sent too many wrong ones, 401 else.</returns>
    public (TokenEntry? Entry, IResult? Refusal) Check(HttpContext context, string token)
    {
        var address = context.Connection.RemoteIpAddress;
        if (failed.IsBlocked(address))
        {
            context.Response.Headers.RetryAfter = FormattableString.Invariant($"{FailedSignIns.OneEach.TotalSeconds}");
            return (null, TypedResults.Problem("Too many wrong tokens came from this address; try again later.", statusCode: 429));
        }

        if (tokens.Find(token.Trim()) is { } entry)
        {
            return (entry, null);
        }

        failed.Count(address);
        return (null, Unknown(context, "This token is not known."));
    }

    private (Visitor? Visitor, IResult? Refusal) Identify(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var (entry, refusal) = Check(context, authorization[Scheme.Length..]);
            return (entry?.Visitor, refusal);
        }

        if (context.Request.Cookies[Sessions.Cookie] is { } id && sessions.Find(id) is { } visitor)
        {
            return (visitor, null);
        }

        return (ByProxy(context), null);
    }

    private Visitor? ByProxy(HttpContext context) =>
        options.TrustedProxyHeader is { } header && context.Request.Headers[header] is [{ Length: > 0 and <= LongestName } name]
        && context.Connection.RemoteIpAddress is { } address && NetAddress.TryRead(address.MapToIPv6().GetAddressBytes(), out var from)
        && options.TrustedProxies.Any(range => range.Contains(from)) ? new(name, Role.Viewer) : null;

    /// <summary>gRPC's services ask for themselves: agents show certificates. But only they: REST behind the agents' port is still REST.</summary>
    private static bool IsGrpc(HttpRequest request) =>
        request.Protocol == HttpProtocol.Http2 && request.Path.Value?.StartsWith(GrpcServices, StringComparison.Ordinal) == true;

    /// <summary>A person looks at it, who is better led to the page than told an error.</summary>
    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && !request.Path.StartsWithSegments("/api");

    private static ProblemHttpResult Unknown(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"tendril\"";
        return TypedResults.Problem(detail, statusCode: 401);
    }
}
