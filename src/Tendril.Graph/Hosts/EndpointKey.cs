namespace Tendril.Graph;

/// <summary>Address, port and transport, without the namespace that gives the address its meaning.</summary>
internal readonly record struct EndpointKey(NetAddress Address, ushort Port, Transport Transport)
{
    private static readonly NetAddress AnyIPv4 = new(0, 0x0000_FFFF_0000_0000);

    public EndpointKey WithAnyIPv4 => this with { Address = AnyIPv4 };

    public EndpointKey WithAnyAddress => this with { Address = default };

    /// <summary>Transport and port as one number: what partitions are keyed by.</summary>
    public uint PortNumber => ((uint)Transport << 16) | Port;

    /// <summary>"tcp/127.0.0.1:8001", "tcp/[::1]:8001".</summary>
    public override string ToString() => Address.IsIPv4
        ? $"{Transport.Text()}/{Address}:{Port}"
        : $"{Transport.Text()}/[{Address}]:{Port}";

    public override int GetHashCode() => HashCode.Combine(Address.High, Address.Low, PortNumber);
}

internal static class TransportText
{
    public static string Text(this Transport transport) => transport == Transport.Udp ? "udp" : "tcp";
}
