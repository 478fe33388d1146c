using StackExchange.Redis;

namespace Tendril.Demo.Services;

/// <summary>The catalogue, kept in Redis with a count of views: product -> redis.</summary>
internal static class Product
{
    private static readonly string[] Names = ["Lamp", "Chair", "Table", "Shelf", "Clock", "Mirror", "Carpet", "Vase", "Bench", "Desk"];

    public static Action<WebApplication> Map(IServiceCollection services)
    {
        services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(Configuration()));
        return app =>
        {
            app.MapGet("/products", async (IConnectionMultiplexer redis) => Results.Ok(await AllAsync(redis.GetDatabase())));
            app.MapGet("/products/{id:int}", async (int id, IConnectionMultiplexer redis) =>
                await ViewAsync(redis.GetDatabase(), id) is { } article ? Results.Ok(article) : Results.NotFound());
        };
    }

    public static async Task PrepareAsync(WebApplication app)
    {
        var redis = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        for (var id = 1; id <= Names.Length; id++)
        {
            await redis.HashSetAsync($"article:{id}", [new("name", Names[id - 1]), new("price", 995 * id)]);
        }
    }

    private static ConfigurationOptions Configuration()
    {
        var configuration = ConfigurationOptions.Parse(Environment.GetEnvironmentVariable("TENDRIL_DEMO_REDIS")
            ?? throw new InvalidOperationException("TENDRIL_DEMO_REDIS is not set"));
        configuration.AbortOnConnectFail = true;
        configuration.ConnectTimeout = 5000;
        configuration.ClientName = "product";
        return configuration;
    }

    private static async Task<List<Article>> AllAsync(IDatabase redis)
    {
        var articles = new List<Article>(Names.Length);
        for (var id = 1; id <= Names.Length; id++)
        {
            articles.Add((await ReadAsync(redis, id))!);
        }

        return articles;
    }

    private static async Task<Article?> ViewAsync(IDatabase redis, int id)
    {
        if (id < 1 || id > Names.Length)
        {
            return null;
        }

        await redis.HashIncrementAsync($"article:{id}", "views");
        return await ReadAsync(redis, id);
    }

    private static async Task<Article?> ReadAsync(IDatabase redis, int id) =>
        await redis.HashGetAsync($"article:{id}", ["name", "price", "views"]) is [{ HasValue: true } name, var price, var views]
            ? new Article(id, name.ToString(), (int)price, (long)views)
            : null;
}
