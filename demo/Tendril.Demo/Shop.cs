using Tendril.Demo.Services;

namespace Tendril.Demo;

/// <summary>The whole shop: which services there are. Who calls whom is in each service and, for people and tests, in demo/graph.txt.</summary>
internal static class Shop
{
    public static readonly IReadOnlyList<Service> Services =
    [
        new("gateway", Ports.Gateway, Gateway.Map),
        new("user", Ports.User, User.Map, User.PrepareAsync),
        new("order", Ports.Order, Order.Map, Order.PrepareAsync),
        new("product", Ports.Product, Product.Map, Product.PrepareAsync),
        new("payment", Ports.Payment, Payment.Map),
        new("notification", Ports.Notification, Notification.Map),
        new("inventory", Ports.Inventory, Inventory.Map),
        new("shipping", Ports.Shipping, Shipping.Map),
    ];
}

/// <summary>Where each service listens on 127.0.0.1.</summary>
internal static class Ports
{
    public const int Gateway = 8000;
    public const int User = 8001;
    public const int Order = 8002;
    public const int Product = 8003;
    public const int Payment = 8004;
    public const int Notification = 8005;
    public const int Inventory = 8006;
    public const int Shipping = 8007;
}
