using System.Threading.Channels;

namespace Tendril.Demo.Services;

/// <summary>Charges the customer and tells them later: payment -> notification, off the request's path.</summary>
internal static partial class Payment
{
    public static Action<WebApplication> Map(IServiceCollection services)
    {
        services.AddSingleton<Outbox>().AddHostedService(provider => provider.GetRequiredService<Outbox>());
        return app => app.MapPost("/payments", (Charge charge, Outbox outbox) =>
        {
            if (charge.AmountCents <= 0)
            {
                return Results.Problem("amountCents must be positive", statusCode: StatusCodes.Status400BadRequest);
            }

            outbox.Send(new Message(charge.UserId, $"We charged you {charge.AmountCents / 100}.{charge.AmountCents % 100:00}."));
            return Results.Ok();
        });
    }

    /// <summary>Messages on their way. Full or undeliverable, a message is lost and counted: a payment never waits for its notice.</summary>
    private sealed partial class Outbox(ILogger<Outbox> logger) : BackgroundService
    {
        private readonly Channel<Message> _waiting = Channel.CreateBounded<Message>(256);
        private readonly Peer _notification = new(Ports.Notification);
        private long _lost;

        public void Send(Message message)
        {
            if (!_waiting.Writer.TryWrite(message))
            {
                Log.Lost(logger, Interlocked.Increment(ref _lost), "256 messages are waiting already");
            }
        }

        public override void Dispose()
        {
            _notification.Dispose();
            base.Dispose();
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await foreach (var message in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await _notification.PostAsync("/notifications", message, stoppingToken);
                }
                catch (HttpRequestException fault)
                {
                    Log.Lost(logger, Interlocked.Increment(ref _lost), fault.Message);
                }
            }
        }

        private static partial class Log
        {
            [LoggerMessage(LogLevel.Warning, "A notification was lost ({Lost} so far): {Reason}")]
            public static partial void Lost(ILogger logger, long lost, string reason);
        }
    }
}
