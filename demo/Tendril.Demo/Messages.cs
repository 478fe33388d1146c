namespace Tendril.Demo;

// What the services say to each other, as JSON.

internal sealed record Customer(int Id, string Name, string Email);

internal sealed record Article(int Id, string Name, int PriceCents, long Views);

internal sealed record OrderRequest(int UserId, int ArticleId, int Quantity);

internal sealed record PlacedOrder(long Id, int UserId, int ArticleId, int Quantity, int TotalCents);

internal sealed record Reservation(int ArticleId, int Quantity);

internal sealed record Charge(int UserId, int AmountCents);

internal sealed record Shipment(long OrderId, int UserId);

internal sealed record Message(int UserId, string Text);
