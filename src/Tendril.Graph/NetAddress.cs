using System.Buffers.Binary;
using System.Net;

namespace Tendril.Graph;

/// <summary>
/// An IP address as the kernel side reports it: 16 bytes, IPv4 mapped into IPv6 (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2),
/// so that an IPv4 client of a dual-stack socket is one address whatever family its socket has.
/// </summary>
/// <param name="High">Bytes 0 to 7, big-endian.</param>
/// <param name="Low">Bytes 8 to 15, big-endian.</param>
public readonly record struct NetAddress(ulong High, ulong Low)
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>True for IPv4, which is held in mapped form.</summary>
    public bool IsIPv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>True for :: and 0.0.0.0, which a listener uses for "any address".</summary>
    public bool IsUnspecified => High == 0 && (Low == 0 || Low == MappedPrefix);

    /// <summary>True for 127.0.0.0/8 and ::1, which have a meaning only inside their own network namespace.</summary>
    public bool IsLoopback => IsIPv4 ? (Low & 0xFF00_0000) == 0x7F00_0000 : High == 0 && Low == 1;

    /// <summary>True for an address that means "this namespace" to whoever dials it: loopback, or unspecified, which Linux takes for loopback.</summary>
    public bool IsLocalOnly => IsLoopback || IsUnspecified;

    /// <summary>True for all ones, by which an agent tells of addresses that found no place of their own in its tables.</summary>
    public bool IsOthers => High == ulong.MaxValue && Low == ulong.MaxValue;

    /// <summary>Seeded per process: addresses come from outside, and a hash that can be foretold can be flooded.</summary>
    public override int GetHashCode() => HashCode.Combine(High, Low);

    /// <summary>Reads 16 bytes in network order.</summary>
    /// <returns>False when <paramref name="bytes"/> is not 16 bytes long.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NetAddress address)
    {
        if (bytes.Length != 16)
        {
            address = default;
            return false;
        }

        address = new NetAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return true;
    }

    /// <summary>Reads the text form of an IPv4 or IPv6 address.</summary>
    public static NetAddress Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[16];
        IPAddress.Parse(text).MapToIPv6().TryWriteBytes(bytes, out _);
        TryRead(bytes, out var address);
        return address;
    }

    /// <summary>The usual text form: "127.0.0.1" for mapped addresses, "::1" for IPv6 (without brackets).</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        var address = new IPAddress(bytes);
        return (IsIPv4 ? address.MapToIPv4() : address).ToString();
    }
}
