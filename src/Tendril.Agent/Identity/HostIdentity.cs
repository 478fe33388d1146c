using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Tendril.Agent.Identity;

/// <summary>What tells this host from others.</summary>
/// <param name="MachineId">/etc/machine-id, or the boot id where there is none.</param>
/// <param name="Addresses">Unicast addresses of the own network namespace but loopback ones, 16 bytes each, IPv4 mapped; at most <see cref="MaxAddresses"/>.</param>
internal sealed record HostIdentity(
    string MachineId, string BootId, string Hostname, string KernelRelease, IReadOnlyList<byte[]> Addresses)
{
    public const int MaxAddresses = 256;

    private const int MaxText = 64;

    /// <param name="root"><see cref="HostFiles.Root"/>; another for tests. Addresses are always this machine's.</param>
    public static HostIdentity Read(string root)
    {
        var kernel = Path.Combine(root, "proc/sys/kernel");
        var bootId = ReadLine(Path.Combine(kernel, "random/boot_id"));
        var machineId = ReadLine(Path.Combine(root, "etc/machine-id"));
        // systemd writes "uninitialized" during a first boot.
        var known = machineId.Length > 0 && machineId != "uninitialized";
        return new HostIdentity(
            known ? machineId : bootId, bootId,
            ReadLine(Path.Combine(kernel, "hostname")), ReadLine(Path.Combine(kernel, "osrelease")), ReadAddresses());
    }

    private static string ReadLine(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            Span<char> text = stackalloc char[MaxText];
            var line = text[..reader.ReadBlock(text)];
            return line[..(line.IndexOf('\n') is var end and >= 0 ? end : line.Length)].Trim().ToString();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // Loopback addresses mean nothing outside, and every host has the same ones.
    private static List<byte[]> ReadAddresses()
    {
        var addresses = new List<byte[]>();
        try
        {
            foreach (var address in NetworkInterface.GetAllNetworkInterfaces().SelectMany(each => each.GetIPProperties().UnicastAddresses).Select(each => each.Address))
            {
                if (!IPAddress.IsLoopback(address) && addresses.Count < MaxAddresses
                    && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                {
                    addresses.Add(address.MapToIPv6().GetAddressBytes());
                }
            }
        }
        catch (NetworkInformationException)
        {
            // Without them addresses of this host resolve only inside it.
        }

        return addresses;
    }
}
