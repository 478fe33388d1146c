using System.Text.Json.Serialization;
using Tendril.Operator.Doors;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Api;

/// <summary>Which host may join.</summary>
/// <param name="HostId">Its /etc/machine-id.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record JoinTokenRequest(string? HostId);

/// <summary>What that host's agent is given.</summary>
/// <param name="Token">For a file that --join-token-file of the agent names. It is told once.</param>
internal sealed record JoinTokenDocument(string HostId, string Token, DateTimeOffset ExpiresAt);

/// <summary>Admins let a host's agent fetch its certificate.</summary>
internal static class JoinTokenEndpoint
{
    // Not in the OpenAPI document: that is what the dashboard's types are made of, and this is no part of the graph.
    public static void MapJoinTokens(this IEndpointRouteBuilder routes) => routes.MapPost("/api/join-tokens", CreateAsync).ExcludeFromDescription();

    private static async Task<IResult> CreateAsync(HttpContext context, IssuingAuthority issuing, JoinTokens tokens, CancellationToken cancellation)
    {
        if ((Problems.Unknown(context.Request) ?? AccessGuard.RequireAdmin(context)) is { } problem)
        {
            return problem;
        }

        if (issuing.Current is not { } authority)
        {
            return TypedResults.Problem("This operator gives no certificates: it was started without --agent-ca-key.", statusCode: 409);
        }

        var (request, unreadable) = await JsonBody.ReadAsync(context.Request, ApiJson.Default.JoinTokenRequest, cancellation);
        if (unreadable is not null)
        {
            return unreadable;
        }

        if (request?.HostId is not { } hostId || !HostId.IsValid(hostId))
        {
            return Problems.Invalid(new() { ["hostId"] = [$"Must be {HostId.Expected}."] });
        }

        var token = JoinToken.Create(authority.Fingerprint);
        return tokens.Add(token.Secret, hostId) is { } ends
            ? TypedResults.Json(new JoinTokenDocument(hostId, token.Reveal(), ends), ApiJson.Default.JoinTokenDocument)
            : Problems.Busy($"{JoinTokens.Most} join tokens wait for their agents already; they end after {JoinTokens.Lifetime.TotalMinutes} minutes.");
    }
}
