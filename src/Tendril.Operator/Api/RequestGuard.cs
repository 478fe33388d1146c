using System.Net;
using Tendril.Operator.Doors;

namespace Tendril.Operator.Api;

/// <summary>
/// What holds for every request: the two ports keep to their protocols, a page of another site cannot reach us under its own name
/// (DNS rebinding), and answers carry the usual security headers.
/// </summary>
internal sealed class RequestGuard(OperatorOptions options, ServerCertificate certificate)
{
    /// <summary>For the dashboard and all else that we wrote: nothing from elsewhere, nothing inline.</summary>
    private const string Strict =
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The page that shows the API has its styles and its start inline; it too asks nothing of other addresses.</summary>
    private const string ForDocs =
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        if (context.Request.Protocol == HttpProtocol.Http2)
        {
            return isGrpc ? next() : Refuse(context, 421, $"This port speaks gRPC with agents; REST and the dashboard are at {(options.HasTls ? "https" : "http")}://{options.Http}/.");
        }

        if (isGrpc)
        {
            return Refuse(context, 421, $"This port speaks HTTP/1.1; gRPC is at {options.Grpc}.");
        }

        if (!IsOwnName(context.Request.Host.Host, context.Connection.LocalIpAddress))
        {
            return Refuse(context, 421, $"Host: '{context.Request.Host.Host}' is not a name of this operator. Use localhost, or start it with --allow-host {context.Request.Host.Host}.");
        }

        SetHeaders(context);
        return IsOurOwnPage(context) ? next() : Refuse(context, 403, $"Origin: pages of '{context.Request.Headers.Origin}' may not send requests such as {context.Request.Method} here.");
    }

    private bool IsOwnName(string host, IPAddress? local) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        || certificate.Names(host)
        || (IPAddress.TryParse(host, out var address)
            && (IPAddress.IsLoopback(address) || address.Equals(options.Http.Address) || address.Equals(local) || options.AllowRemote));

    /// <summary>A browser tells from which page anything but a plain look comes; what is no browser tells nothing.</summary>
    private bool IsOurOwnPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || context.Request.Headers.Origin.Count == 0
        || (Uri.TryCreate(context.Request.Headers.Origin, UriKind.Absolute, out var page) && IsOwnName(page.IdnHost.Trim('[', ']'), context.Connection.LocalIpAddress));

    private static void SetHeaders(HttpContext context)
    {
        var (headers, path) = (context.Response.Headers, context.Request.Path);
        if (context.Request.IsHttps && !IsLoopback(context.Request.Host.Host))
        {
            // Not for localhost: it would hold for whatever else is served there.
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        headers.ContentSecurityPolicy = path.StartsWithSegments("/docs") ? ForDocs : Strict;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (path.StartsWithSegments("/api"))
        {
            headers.CacheControl = "no-store";
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static Task Refuse(HttpContext context, int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
}
