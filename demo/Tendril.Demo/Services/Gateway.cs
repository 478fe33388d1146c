namespace Tendril.Demo.Services;

/// <summary>The shop's only public face: gateway -> user, order, product.</summary>
internal static class Gateway
{
    public static Action<WebApplication> Map(IServiceCollection services)
    {
        var user = new Peer(Ports.User);
        var order = new Peer(Ports.Order);
        var product = new Peer(Ports.Product);
        return app =>
        {
            app.MapGet("/products", (CancellationToken ended) => product.RelayAsync(HttpMethod.Get, "/products", null, ended));
            app.MapGet("/products/{id:int}", (int id, CancellationToken ended) => product.RelayAsync(HttpMethod.Get, $"/products/{id}", null, ended));
            app.MapGet("/users/{id:int}", (int id, CancellationToken ended) => user.RelayAsync(HttpMethod.Get, $"/users/{id}", null, ended));
            app.MapGet("/orders/{id:long}", (long id, CancellationToken ended) => order.RelayAsync(HttpMethod.Get, $"/orders/{id}", null, ended));
            app.MapPost("/orders", (OrderRequest request, CancellationToken ended) => order.RelayAsync(HttpMethod.Post, "/orders", request, ended));
        };
    }
}
