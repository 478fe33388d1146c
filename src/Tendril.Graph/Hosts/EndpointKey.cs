namespace Tendril.Graph;

/// <summary>Address, port and transport, without the namespace that gives the address its meaning.</summary>
internal readonly record struct EndpointKey(NetAddress Address, ushort Port, Transport Transport)
{
    private static readonly NetAddress AnyIPv4 = new(0, 0x0000_FFFF_0000_0000);

    public EndpointKey WithAnyIPv4 => this with { Address = AnyIPv4 };

    public EndpointKey WithAnyAddress => this with { Address = default };

    /// <summary>Transport and port as one number: what partitions are keyed by.</summary>
    public uint PortNumber => ((uint)Transport << 16) | Port;

    /// <summary>What it means ends at its own place: a loopback address, a Unix socket.</summary>
    public bool IsLocalOnly => Transport == Transport.Unix || Address.IsLocalOnly;

    /// <summary>True for what may be the key of an endpoint.</summary>
    public bool IsUsable => Transport switch
    {
        Transport.Unix => Port == 0,
        Transport.Tcp or Transport.Udp => Port != 0 || Address.IsOthers,
        _ => false,
    };

    /// <summary>A Unix socket's path, or what can be said of it without.</summary>
    public string? PathOr(string? path) => Transport == Transport.Unix ? path ?? $"?{Address.High:x16}" : null;

    /// <summary>"tcp/127.0.0.1:8001", "unix//run/app.sock", "unix/@name".</summary>
    public string Text(string? path) => Transport == Transport.Unix ? $"unix/{PathOr(path)}" : ToString();

    /// <summary>"tcp/127.0.0.1:8001", "tcp/[::1]:8001".</summary>
    public override string ToString() => Address.IsIPv4
        ? $"{Transport.Text()}/{Address}:{Port}"
        : $"{Transport.Text()}/[{Address}]:{Port}";

    public override int GetHashCode() => HashCode.Combine(Address.High, Address.Low, PortNumber);
}

public static class TransportText
{
    public static string Text(this Transport transport) => transport switch { Transport.Udp => "udp", Transport.Unix => "unix", _ => "tcp" };
}
