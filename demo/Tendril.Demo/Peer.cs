namespace Tendril.Demo;

/// <summary>
/// Calls one other service. Connections are pooled but short-lived, so that a graph of a quiet shop still sees new ones.
/// Always 127.0.0.1, never a name: no resolver, no second address family, no proxy, hence no connection that demo/graph.txt does not list.
/// </summary>
internal sealed class Peer(int port) : IDisposable
{
    private readonly HttpClient _client = CreateClient(port);

    public static HttpClient CreateClient(int port) => new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
        ConnectTimeout = TimeSpan.FromSeconds(2),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = TimeSpan.FromSeconds(10),
    };

    public async Task<T?> GetAsync<T>(string path, CancellationToken cancellation)
    {
        using var answer = await _client.GetAsync(path, cancellation);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<T>(cancellation) : default;
    }

    /// <returns>False when the service refused.</returns>
    public async Task<bool> PostAsync<T>(string path, T body, CancellationToken cancellation)
    {
        using var answer = await _client.PostAsJsonAsync(path, body, cancellation);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Passes a request on and its answer back, whatever the answer is.</summary>
    public async Task<IResult> RelayAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _client.SendAsync(request, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return Results.Text(text, answer.Content.Headers.ContentType?.ToString(), statusCode: (int)answer.StatusCode);
    }

    public void Dispose() => _client.Dispose();
}
