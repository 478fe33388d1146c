using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Tendril.Agent.Names;

/// <summary>
/// Finds the server's name in a TLS client's hello (RFC 8446 section 4.1.2, RFC 6066 section 3). Any bytes may come; what is malformed, or
/// cut before the name, gives nothing.
/// </summary>
internal static class TlsHello
{
    private const byte Handshake = 22, ClientHello = 1;
    private const ushort ServerName = 0;

    /// <param name="record">From the start of the TLS record; the hello may go on beyond its end.</param>
    /// <returns>The name in lower case; null when there is none.</returns>
    public static string? ReadServerName(ReadOnlySpan<byte> record)
    {
        // Record: type, version (2), length (2); handshake: type, length (3), version (2), random (32).
        const int Fixed = 5 + 4 + 2 + 32;
        if (record.Length < Fixed || record[0] != Handshake || record[1] != 3 || record[5] != ClientHello)
        {
            return null;
        }

        var rest = record[Fixed..];
        return Skip(ref rest, lengthBytes: 1) // session id
            && Skip(ref rest, lengthBytes: 2) // cipher suites
            && Skip(ref rest, lengthBytes: 1) // compression methods
            && rest.Length >= 2
            ? FindServerName(rest[2..])
            : null;
    }

    // Their total length is not needed: the record may be cut, and each extension has its own.
    private static string? FindServerName(ReadOnlySpan<byte> extensions)
    {
        while (extensions.Length >= 4)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(extensions), length = BinaryPrimitives.ReadUInt16BigEndian(extensions[2..]);
            extensions = extensions[4..];
            if (length > extensions.Length)
            {
                return null;
            }

            if (type == ServerName)
            {
                return ReadHostName(extensions[..length]);
            }

            extensions = extensions[length..];
        }

        return null;
    }

    // A list's length (2), then a type (1, host name: 0), a length (2) and the name.
    private static string? ReadHostName(ReadOnlySpan<byte> list)
    {
        if (list.Length < 5 || list[2] != 0)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(list[3..]);
        if (length > list.Length - 5)
        {
            return null;
        }

        var name = Encoding.Latin1.GetString(list.Slice(5, length)).ToLowerInvariant().TrimEnd('.');
        return HostName.IsValid(name) && !IPAddress.TryParse(name, out _) ? name : null;
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, int lengthBytes)
    {
        if (rest.Length < lengthBytes)
        {
            return false;
        }

        int length = lengthBytes == 1 ? rest[0] : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < lengthBytes + length)
        {
            return false;
        }

        rest = rest[(lengthBytes + length)..];
        return true;
    }
}
