using Microsoft.AspNetCore.Http.HttpResults;

namespace Tendril.Operator.Doors;

/// <summary>Where a browser gives its token for a cookie. A plain form, without a script.</summary>
internal static class SignInPage
{
    public const string Path = "/sign-in";
    public const string StylePath = "/sign-in.css";
    private const string SignOutPath = "/sign-out";
    private const string Field = "token";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext context, OperatorOptions options) => options.WantsSignIn ? (IResult)Page(context, null, 200) : TypedResults.Redirect("/")).ExcludeFromDescription();
        routes.MapPost(Path, SignInAsync).ExcludeFromDescription();
        routes.MapPost(SignOutPath, SignOut).ExcludeFromDescription();
        routes.MapGet(StylePath, () => TypedResults.Text(Style, "text/css; charset=utf-8")).ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, OperatorOptions options, AccessGuard guard, Sessions sessions, CancellationToken cancellation)
    {
        if (!options.WantsSignIn)
        {
            return TypedResults.Redirect("/");
        }

        if (!context.Request.HasFormContentType)
        {
            return TypedResults.Problem("Content-Type: must be application/x-www-form-urlencoded, as the page at /sign-in sends it.", statusCode: 415);
        }

        var form = await context.Request.ReadFormAsync(cancellation);
        var (entry, refusal) = guard.Check(context, form[Field].ToString());
        if (entry is null)
        {
            return refusal is IStatusCodeHttpResult { StatusCode: 429 }
                ? Page(context, "Too many wrong tokens came from this address. Try again in a minute.", 429)
                : Page(context, "This token is not known.", 401);
        }

        context.Response.Cookies.Append(Sessions.Cookie, sessions.Begin(entry), Attributes(Sessions.Lifetime));
        context.Response.Cookies.Append(Sessions.SignCookie, "1", Attributes(Sessions.Lifetime, forScripts: true));
        // See other: going back in the browser does not send the token again.
        context.Response.Headers.Location = "/";
        return TypedResults.StatusCode(303);
    }

    private static StatusCodeHttpResult SignOut(HttpContext context, Sessions sessions)
    {
        if (context.Request.Cookies[Sessions.Cookie] is { } id)
        {
            sessions.End(id);
        }

        context.Response.Cookies.Delete(Sessions.Cookie, Attributes(null));
        context.Response.Cookies.Delete(Sessions.SignCookie, Attributes(null, forScripts: true));
        context.Response.Headers.Location = Path;
        return TypedResults.StatusCode(303);
    }

    private static CookieOptions Attributes(TimeSpan? lifetime, bool forScripts = false) =>
        new() { HttpOnly = !forScripts, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = lifetime, IsEssential = true };

    private static ContentHttpResult Page(HttpContext context, string? fault, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in to Tendril</title>
            <link rel="stylesheet" href="{StylePath}">
            </head>
            <body>
            <main>
            <h1>Tendril</h1>
            <form method="post" action="{Path}">
            <label for="{Field}">Token</label>
            <input id="{Field}" name="{Field}" type="password" autocomplete="current-password" required autofocus>
            {(fault is null ? "" : $"<p role=\"alert\">{fault}</p>")}
            <button>Sign in</button>
            </form>
            <p>Who runs this operator makes tokens with <code>tendril certs token</code>.</p>
            </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8", statusCode: status);
    }

    private const string Style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { display: grid; min-height: 100vh; margin: 0; place-items: center; }
        main { width: min(24rem, calc(100vw - 3rem)); }
        h1 { font-size: 1.5rem; }
        form { display: grid; gap: 0.5rem; }
        input, button { box-sizing: border-box; width: 100%; padding: 0.6rem 0.8rem; border: 1px solid GrayText; border-radius: 6px; font: inherit; }
        button { cursor: pointer; }
        p { font-size: 0.875rem; }
        [role="alert"] { margin: 0; font-weight: 600; }
        """;
}
