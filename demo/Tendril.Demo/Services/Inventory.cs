using System.Collections.Concurrent;

namespace Tendril.Demo.Services;

/// <summary>What is in stock; calls nobody. A shelf that runs low is filled up again at once, so a long run does not sell out.</summary>
internal static class Inventory
{
    private const int FullShelf = 1000;
    private const int LowShelf = 100;

    public static Action<WebApplication> Map(IServiceCollection services)
    {
        var stock = new ConcurrentDictionary<int, int>();
        return app => app.MapPost("/reservations", (Reservation wanted) =>
        {
            if (wanted.Quantity is < 1 or > LowShelf || wanted.ArticleId is < 1 or > 1000)
            {
                return Results.Problem($"quantity must be from 1 to {LowShelf}, articleId from 1 to 1000", statusCode: StatusCodes.Status400BadRequest);
            }

            stock.AddOrUpdate(wanted.ArticleId, FullShelf - wanted.Quantity, (_, left) => left < LowShelf + wanted.Quantity ? FullShelf : left - wanted.Quantity);
            return Results.Ok();
        });
    }
}
