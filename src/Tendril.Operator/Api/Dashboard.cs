using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Tendril.Operator.Api;

/// <summary>
/// Serves the built dashboard, which is inside this assembly. Files under /assets carry a hash in their name and never change; the
/// page itself is asked for anew each time.
/// </summary>
internal sealed class Dashboard
{
    private const string Prefix = "dashboard/";
    private const string Page = "index.html";
    private static readonly string[] NotPages = ["/api", "/metrics", "/health", "/openapi", "/docs", "/assets"];

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
        [".map"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, Asset> _assets = Load();

    public bool IsBuilt => _assets.ContainsKey(Page);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/{**path}", ["GET", "HEAD"], (HttpContext context, string? path) => Serve(context, path ?? "")).ExcludeFromDescription()
            .WithOrder(int.MaxValue);

    private IResult Serve(HttpContext context, string path)
    {
        if (path.Length == 0 && !IsBuilt)
        {
            return TypedResults.Content(NotBuilt, "text/html; charset=utf-8");
        }

        if (!_assets.TryGetValue(path, out var asset) && (!IsPage(context.Request.Path) || !_assets.TryGetValue(Page, out asset)))
        {
            return Problems.NotFound($"There is nothing at {context.Request.Path}; the dashboard is at /, the REST API at /docs.");
        }

        var headers = context.Response.Headers;
        headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = asset.ETag;
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.Contains(asset.ETag))
        {
            return TypedResults.StatusCode(304);
        }

        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            return TypedResults.Bytes(asset.Plain, asset.ContentType);
        }

        headers.ContentEncoding = "br";
        return TypedResults.Bytes(asset.Brotli.Value, asset.ContentType);
    }

    /// <summary>The page routes by itself; but what looks like a file, or belongs to the API, is not a page.</summary>
    private static bool IsPage(PathString path) =>
        !Path.HasExtension(path.Value) && !Array.Exists(NotPages, prefix => path.StartsWithSegments(prefix));

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = typeof(Dashboard).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..],
            name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new Asset(bytes, Types.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream"));
            });
    }

    private const string NotBuilt = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Tendril</title></head>
        <body>
        <h1>Tendril</h1>
        <p>The operator runs, but it was built without the dashboard. Build that first (<code>dashboard/README.md</code>), then the operator again.</p>
        <p>Meanwhile: <a href="/docs">the REST API</a>, <a href="/api/dependency-graph?format=mermaid">the graph as Mermaid</a>, <a href="/metrics">metrics</a>.</p>
        </body></html>
        """;

    private sealed class Asset(byte[] plain, string contentType)
    {
        public byte[] Plain => plain;

        public string ContentType => contentType;

        public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 12))}\"";

        /// <summary>Compressed once, when first asked for.</summary>
        public Lazy<byte[]> Brotli { get; } = new(() =>
        {
            var buffer = new MemoryStream();
            using (var brotli = new BrotliStream(buffer, CompressionLevel.Optimal))
            {
                brotli.Write(plain);
            }

            return buffer.ToArray();
        });
    }
}
