using Npgsql;

namespace Tendril.Demo.Services;

/// <summary>Takes an order through the shop: order -> product, inventory, payment, postgres, shipping.</summary>
internal static class Order
{
    public static Action<WebApplication> Map(IServiceCollection services)
    {
        services.AddSingleton(Database.Open);
        var desk = new Desk(new Peer(Ports.Product), new Peer(Ports.Inventory), new Peer(Ports.Payment), new Peer(Ports.Shipping));
        return app =>
        {
            app.MapPost("/orders", (OrderRequest request, NpgsqlDataSource database, CancellationToken ended) => desk.PlaceAsync(request, database, ended));
            app.MapGet("/orders/{id:long}", async (long id, NpgsqlDataSource database, CancellationToken ended) =>
                await FindAsync(database, id, ended) is { } order ? Results.Ok(order) : Results.NotFound());
        };
    }

    public static async Task PrepareAsync(WebApplication app)
    {
        await using var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            create table if not exists orders (id bigint generated always as identity primary key,
              customer integer not null, article integer not null, quantity integer not null, total_cents integer not null)
            """);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PlacedOrder?> FindAsync(NpgsqlDataSource database, long id, CancellationToken ended)
    {
        await using var command = database.CreateCommand("select customer, article, quantity, total_cents from orders where id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var rows = await command.ExecuteReaderAsync(ended);
        return await rows.ReadAsync(ended) ? new PlacedOrder(id, rows.GetInt32(0), rows.GetInt32(1), rows.GetInt32(2), rows.GetInt32(3)) : null;
    }

    /// <summary>Where an order is taken, one step after the other.</summary>
    private sealed record Desk(Peer Product, Peer Inventory, Peer Payment, Peer Shipping)
    {
        public async Task<IResult> PlaceAsync(OrderRequest request, NpgsqlDataSource database, CancellationToken ended)
        {
            if (request.Quantity is < 1 or > 100)
            {
                return Results.Problem("quantity must be from 1 to 100", statusCode: StatusCodes.Status400BadRequest);
            }

            if (await Product.GetAsync<Article>($"/products/{request.ArticleId}", ended) is not { } article)
            {
                return Results.Problem($"there is no product {request.ArticleId}", statusCode: StatusCodes.Status404NotFound);
            }

            if (!await Inventory.PostAsync("/reservations", new Reservation(article.Id, request.Quantity), ended))
            {
                return Results.Problem($"product {article.Id} is sold out", statusCode: StatusCodes.Status409Conflict);
            }

            var total = article.PriceCents * request.Quantity;
            if (!await Payment.PostAsync("/payments", new Charge(request.UserId, total), ended))
            {
                return Results.Problem("the payment was refused", statusCode: StatusCodes.Status402PaymentRequired);
            }

            var id = await StoreAsync(request, total, database, ended);
            await Shipping.PostAsync("/shipments", new Shipment(id, request.UserId), ended);
            return Results.Created($"/orders/{id}", new PlacedOrder(id, request.UserId, request.ArticleId, request.Quantity, total));
        }

        private static async Task<long> StoreAsync(OrderRequest request, int total, NpgsqlDataSource database, CancellationToken ended)
        {
            await using var command = database.CreateCommand(
                "insert into orders (customer, article, quantity, total_cents) values ($1, $2, $3, $4) returning id");
            command.Parameters.Add(new() { Value = request.UserId });
            command.Parameters.Add(new() { Value = request.ArticleId });
            command.Parameters.Add(new() { Value = request.Quantity });
            command.Parameters.Add(new() { Value = total });
            return (long)(await command.ExecuteScalarAsync(ended))!;
        }
    }
}
