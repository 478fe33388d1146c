namespace Tendril.Demo.Services;

/// <summary>Sends an order off and says so before it answers: shipping -> notification.</summary>
internal static class Shipping
{
    public static Action<WebApplication> Map(IServiceCollection services)
    {
        var notification = new Peer(Ports.Notification);
        return app => app.MapPost("/shipments", async (Shipment shipment, CancellationToken ended) =>
        {
            await notification.PostAsync("/notifications", new Message(shipment.UserId, $"Order {shipment.OrderId} is on its way."), ended);
            return Results.Accepted();
        });
    }
}
