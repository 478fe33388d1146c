using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Tendril.Operator.Tests.Api;

/// <summary>Reads a stream of server-sent events as a browser does.</summary>
internal sealed class EventFollower(HttpResponseMessage response, Stream stream) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SseItem<string>> _events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();

    public static async Task<EventFollower> OpenAsync(TestOperator test, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await test.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    public async Task<SseItem<string>> NextAsync()
    {
        Assert.True(await MoveNextAsync());
        return _events.Current;
    }

    /// <summary>The data of the next event of a kind; others are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        SseItem<string> item;
        do
        {
            item = await NextAsync();
        }
        while (item.EventType != type);

        return JsonDocument.Parse(item.Data).RootElement;
    }

    /// <summary>False when the operator ended the stream.</summary>
    public Task<bool> MoveNextAsync() => _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await stream.DisposeAsync();
    }
}
