using System.Collections.Concurrent;

namespace Tendril.Demo.Services;

/// <summary>Keeps the last messages to customers; calls nobody.</summary>
internal static class Notification
{
    private const int Kept = 100;

    public static Action<WebApplication> Map(IServiceCollection services)
    {
        var messages = new ConcurrentQueue<Message>();
        return app =>
        {
            app.MapGet("/notifications", () => messages.ToArray());
            app.MapPost("/notifications", (Message message) =>
            {
                messages.Enqueue(message);
                while (messages.Count > Kept && messages.TryDequeue(out _))
                {
                }

                return Results.Accepted();
            });
        };
    }
}
