using Npgsql;

namespace Tendril.Demo.Services;

/// <summary>Who buys: user -> postgres.</summary>
internal static class User
{
    private const int Customers = 50;

    public static Action<WebApplication> Map(IServiceCollection services)
    {
        services.AddSingleton(Database.Open);
        return app => app.MapGet("/users/{id:int}", async (int id, NpgsqlDataSource database, CancellationToken ended) =>
            await FindAsync(database, id, ended) is { } customer ? Results.Ok(customer) : Results.NotFound());
    }

    public static async Task PrepareAsync(WebApplication app)
    {
        await using var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"""
            create table if not exists customers (id integer primary key, name text not null, email text not null);
            insert into customers select n, 'Customer ' || n, 'customer' || n || '@shop.example' from generate_series(1, {Customers}) as n
            on conflict do nothing
            """);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<Customer?> FindAsync(NpgsqlDataSource database, int id, CancellationToken ended)
    {
        await using var command = database.CreateCommand("select id, name, email from customers where id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var rows = await command.ExecuteReaderAsync(ended);
        return await rows.ReadAsync(ended) ? new Customer(rows.GetInt32(0), rows.GetString(1), rows.GetString(2)) : null;
    }
}
