using System.Globalization;
using System.Net;
using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>"10.0.0.0/8", "2001:db8::/32" or a single address.</summary>
internal sealed record AddressRange(NetAddress Network, int PrefixBits)
{
    public bool Contains(NetAddress address) =>
        Network.IsIPv4 == address.IsIPv4
        && ((Bits(address) ^ Bits(Network)) & ~(PrefixBits == 0 ? UInt128.MaxValue : (UInt128.One << (128 - PrefixBits)) - 1)) == 0;

    public static bool TryParse(string text, out AddressRange range)
    {
        range = new(default, 0);
        var parts = text.Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address) || (!parts[0].Contains(':') && parts[0].Count(c => c == '.') != 3))
        {
            return false;
        }

        var network = NetAddress.Parse(parts[0]);
        var bits = address.GetAddressBytes().Length * 8;
        var prefix = bits;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
        {
            return false;
        }

        // IPv4 is held in the last 32 of 128 bits.
        range = new(network, prefix + 128 - bits);
        return true;
    }

    private static UInt128 Bits(NetAddress address) => new(address.High, address.Low);
}
