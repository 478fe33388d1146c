using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tendril.Cli.Operator;

/// <summary>Asks the operator over REST; every fault becomes a sentence with a remedy.</summary>
internal sealed class OperatorClient : IDisposable
{
    private readonly HttpClient _http;

    public OperatorClient(Uri address, OperatorAccess access)
    {
        Address = address;
        var directory = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        _http = new HttpClient(access.Handler(address)) { BaseAddress = directory, Timeout = TimeSpan.FromSeconds(60) };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", access.Authorization);
    }

    public Uri Address { get; }

    /// <param name="query">Pairs of name and value; null values are left out.</param>
    public Task<GraphDocument> GetGraphAsync(CancellationToken cancellation, params ReadOnlySpan<(string Name, string? Value)> query) =>
        GetAsync("api/dependency-graph" + QueryOf(query), ContractJson.Default.GraphDocument, cancellation);

    public Task<Impact> GetImpactAsync(string id, CancellationToken cancellation) => GetAsync(ImpactOf(id), ContractJson.Default.Impact, cancellation);

    /// <summary>As the operator says it, with the fields that this program does not know.</summary>
    public Task<JsonElement> GetImpactJsonAsync(string id, CancellationToken cancellation) => GetAsync(ImpactOf(id), ContractJson.Default.JsonElement, cancellation);

    /// <summary>Null where the operator knows no such edge, or is older than the question.</summary>
    public async Task<EdgeAnswer?> GetEdgeAsync(string id, CancellationToken cancellation) =>
        await GetEdgeJsonAsync(id, cancellation) is { } json ? json.Deserialize(ContractJson.Default.EdgeAnswer) : null;

    /// <summary>Likewise, with the fields that this program does not know.</summary>
    public Task<JsonElement?> GetEdgeJsonAsync(string id, CancellationToken cancellation) => SendAsync<JsonElement?>(
        $"api/edges/{Uri.EscapeDataString(id)}", async content => await content.ReadFromJsonAsync(ContractJson.Default.JsonElement, cancellation), cancellation, mayLack: true);

    /// <summary>One part of the graph's document, likewise.</summary>
    /// <param name="names">Names of the fields that lead to it.</param>
    public Task<JsonElement> GetGraphJsonAsync(CancellationToken cancellation, params string[] names) => SendAsync(
        "api/dependency-graph",
        async content =>
        {
            var part = await content.ReadFromJsonAsync(ContractJson.Default.JsonElement, cancellation);
            foreach (var name in names)
            {
                part = part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var inner) ? inner : throw new JsonException($"it has no {name}");
            }

            return part;
        },
        cancellation);

    public Task<Health> GetHealthAsync(CancellationToken cancellation) => GetAsync("health", ContractJson.Default.Health, cancellation);

    /// <summary>Lets a host's agent fetch its certificate. For admins.</summary>
    public Task<JoinTokenAnswer> CreateJoinTokenAsync(string hostId, CancellationToken cancellation) => SendAsync(
        "api/join-tokens",
        async content => await content.ReadFromJsonAsync(ContractJson.Default.JoinTokenAnswer, cancellation) ?? throw new JsonException("null"),
        cancellation, body: JsonContent.Create(new JoinTokenRequest(hostId), ContractJson.Default.JoinTokenRequest));

    /// <summary>Passes an answer on as it comes, without holding it in memory.</summary>
    public Task CopyGraphAsync(string format, Func<TextReader, Task> write, string? service, string? depth, string? since, CancellationToken cancellation) =>
        SendAsync(
            "api/dependency-graph" + QueryOf([("format", format), ("service", service), ("depth", depth), ("since", since)]),
            async content =>
            {
                using var reader = new StreamReader(await content.ReadAsStreamAsync(cancellation));
                await write(reader);
                return true;
            },
            cancellation);

    public void Dispose() => _http.Dispose();

    private static string ImpactOf(string id) => $"api/services/{Uri.EscapeDataString(id)}/impact";

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) => SendAsync(
        path,
        async content => await content.ReadFromJsonAsync(type, cancellation) ?? throw new JsonException("null"),
        cancellation);

    /// <param name="path">Below the operator's address.</param>
    /// <param name="read">Reads a good answer.</param>
    /// <param name="cancellation">Ends the question.</param>
    /// <param name="mayLack">"404 Not found" is an answer too: the default of the type.</param>
    /// <param name="body">What is posted; null: nothing, it is a question.</param>
    private async Task<T> SendAsync<T>(string path, Func<HttpContent, Task<T>> read, CancellationToken cancellation, bool mayLack = false, HttpContent? body = null)
    {
        try
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body };
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (mayLack && answer.StatusCode == HttpStatusCode.NotFound)
            {
                return default!;
            }

            return answer.IsSuccessStatusCode ? await read(answer.Content) : throw await RefusedAsync(answer, cancellation);
        }
        catch (HttpRequestException fault)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"the operator does not answer at {Address.OriginalString}: {ReasonOf(fault)}", HowToReach);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"the operator does not answer at {Address.OriginalString}: no answer in time.", HowToReach);
        }
        catch (JsonException fault)
        {
            throw new CommandFailedException(
                CommandFailedException.Failed, $"what answers at {Address.OriginalString} is no Tendril operator, or one of another version: {fault.Message}", HowToReach);
        }
    }

    /// <summary>What to do when nothing, or something else, answers.</summary>
    public const string HowToReach =
        "Start it (systemctl start tendril-operator; in the sources: scripts/start-tracking.sh), or say where it is: --operator URL, or TENDRIL_OPERATOR in the environment.";

    /// <summary>What to do when the operator wants to know who asks.</summary>
    public const string HowToSignIn = "Show a token: --token-file FILE, or TENDRIL_TOKEN_FILE in the environment.";

    private async Task<CommandFailedException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            var status = $"{(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd();
            return new CommandFailedException(
                CommandFailedException.Failed, $"what answers at {Address.OriginalString} is no Tendril operator: {status} for /{answer.RequestMessage!.RequestUri!.AbsolutePath.TrimStart('/')}", HowToReach);
        }

        var problem = await answer.Content.ReadFromJsonAsync(ContractJson.Default.Problem, cancellation);
        var reasons = problem?.Errors?.SelectMany(field => field.Value.Select(reason => $"{field.Key}: {reason}")) ?? [];
        var said = string.Join("; ", new[] { problem?.Detail ?? problem?.Title }.Concat(reasons).Where(part => !string.IsNullOrEmpty(part)));
        var code = answer.StatusCode == HttpStatusCode.BadRequest ? CommandFailedException.WronglyUsed : CommandFailedException.Failed;
        return new CommandFailedException(code, $"the operator refused: {said}", answer.StatusCode == HttpStatusCode.Unauthorized ? HowToSignIn : "");
    }

    /// <summary>Of a certificate that is not trusted the outer fault says only where to look.</summary>
    private static string ReasonOf(HttpRequestException fault) => fault.InnerException is AuthenticationException untrusted ? untrusted.Message : fault.Message;

    private static string QueryOf(ReadOnlySpan<(string Name, string? Value)> query)
    {
        var parts = new List<string>();
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }

        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }
}
