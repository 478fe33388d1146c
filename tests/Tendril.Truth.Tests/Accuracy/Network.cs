using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>Cables, switches and translations between network namespaces.</summary>
internal static class Network
{
    /// <summary>A veth pair: each end has an address, "10.9.0.1/24", and the interface the name of the other end's role.</summary>
    public static async Task CableAsync(
        (NetworkNamespace Within, string Interface, string Address) one, (NetworkNamespace Within, string Interface, string Address) other)
    {
        await one.Within.RunAsync("ip", "link", "add", one.Interface, "type", "veth", "peer", "name", other.Interface, "netns", other.Within.Name);
        foreach (var (within, name, address) in new[] { one, other })
        {
            if (address.Length > 0)
            {
                await within.RunAsync("ip", "address", "add", address, "dev", name);
            }

            await within.RunAsync("ip", "link", "set", name, "up");
        }
    }

    public static Task RouteAsync(NetworkNamespace within, string to, string via) => within.RunAsync("ip", "route", "add", to, "via", via);

    /// <summary>A bridge; who is on it comes by <see cref="PlugAsync"/>.</summary>
    public static async Task BridgeAsync(NetworkNamespace within, string name, string address)
    {
        await within.RunAsync("ip", "link", "add", name, "type", "bridge");
        await within.RunAsync("ip", "address", "add", address, "dev", name);
        await within.RunAsync("ip", "link", "set", name, "up");
    }

    public static async Task PlugAsync(NetworkNamespace within, string bridge, string port, NetworkNamespace guest, string address)
    {
        await CableAsync((within, port, ""), (guest, "eth0", address));
        await within.RunAsync("ip", "link", "set", port, "master", bridge);
    }

    /// <summary>What comes for an address and port goes to another one instead, and comes back the same way.</summary>
    public static Task ForwardAsync(NetworkNamespace within, string address, int port, string to, bool masquerade) => ForwardAsync(
        within, $"ip daddr {address} tcp dport {port} dnat to {to}", masquerade ? $"ip daddr {to.Split(':')[0]} masquerade" : "");

    private static async Task ForwardAsync(NetworkNamespace within, string translation, string masquerade)
    {
        Requirements.Program("nft", "nftables");
        await within.RunAsync("sysctl", "--quiet", "net.ipv4.ip_forward=1");
        await within.RunAsync(
            "nft",
            "add table ip truth; "
            + "add chain ip truth in { type nat hook prerouting priority -100; }; add chain ip truth own { type nat hook output priority -100; }; "
            + "add chain ip truth out { type nat hook postrouting priority 100; }; "
            + $"add rule ip truth in {translation}; add rule ip truth own {translation}; "
            + (masquerade.Length == 0 ? "" : $"add rule ip truth out {masquerade};"));
    }
}
