using System.Buffers.Binary;
using System.Text;
using Tendril.Agent.Capture;

namespace Tendril.Agent.Names;

/// <summary>
/// Reads a DNS answer (RFC 1035 section 4): the name that was asked for and the addresses that its chain of aliases led to. Any bytes may
/// come; what is malformed, cut or no answer to an address question gives nothing.
/// </summary>
internal static class DnsAnswer
{
    private const int HeaderBytes = 12;
    private const int MaxAnswers = 64;
    private const int MaxJumps = 32;
    private const ushort TypeA = 1, TypeAlias = 5, TypeAaaa = 28, ClassInternet = 1;

    /// <summary>Takes each address: seconds it may be kept, and the address.</summary>
    public delegate void AddressHandler(string name, in Address address, uint seconds);

    /// <param name="message">The datagram's payload.</param>
    /// <param name="onAddress">Called for each address; the name is lower case, without a dot at its end.</param>
    /// <returns>How many addresses there were.</returns>
    public static int Read(ReadOnlySpan<byte> message, AddressHandler onAddress)
    {
        if (message.Length < HeaderBytes)
        {
            return 0;
        }

        // Response, standard query, no error; one question.
        int flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        if ((flags & 0x8000) == 0 || (flags & 0x7800) != 0 || (flags & 0xF) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return 0;
        }

        int at = HeaderBytes;
        if (ReadName(message, ref at) is not { Length: > 0 } asked || at + 4 > message.Length)
        {
            return 0;
        }

        at += 4;
        return ReadAnswers(message, at, Math.Min(answers, MaxAnswers), asked, onAddress);
    }

    private static int ReadAnswers(ReadOnlySpan<byte> message, int at, int answers, string asked, AddressHandler onAddress)
    {
        int found = 0;
        uint seconds = uint.MaxValue;
        var chain = new List<string> { asked };
        for (int i = 0; i < answers; i++)
        {
            if (ReadName(message, ref at) is not { } owner || at + 10 > message.Length)
            {
                break;
            }

            int type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]), within = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
            uint lifetime = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length)
            {
                break;
            }

            var data = message.Slice(at, length);
            int target = at;
            at += length;
            // Only what hangs together: an answer may carry anything beside what was asked.
            if (within != ClassInternet || !chain.Contains(owner))
            {
                continue;
            }

            seconds = Math.Min(seconds, lifetime);
            if (type == TypeAlias && ReadName(message, ref target) is { } alias && target == at)
            {
                chain.Add(alias);
            }
            else if ((type == TypeA && length == 4) || (type == TypeAaaa && length == 16))
            {
                onAddress(asked, ReadAddress(data), seconds);
                found++;
            }
        }

        return found;
    }

    private static Address ReadAddress(ReadOnlySpan<byte> data)
    {
        if (data.Length == 16)
        {
            return Address.FromBytes(data);
        }

        Span<byte> mapped = stackalloc byte[16];
        mapped.Clear();
        mapped[10] = mapped[11] = 0xff;
        data.CopyTo(mapped[12..]);
        return Address.FromBytes(mapped);
    }

    /// <summary>A name, possibly compressed (RFC 1035 section 4.1.4). Null when it is malformed or no host's name.</summary>
    private static string? ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        int position = at, jumps = 0;
        while (position < message.Length)
        {
            int length = message[position];
            if (length == 0)
            {
                at = jumps == 0 ? position + 1 : at;
                return HostName.IsValid(name.ToString()) || name.Length == 0 ? name.ToString() : null;
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length || ++jumps > MaxJumps)
                {
                    return null;
                }

                int target = ((length & 0x3F) << 8) | message[position + 1];
                at = jumps == 1 ? position + 2 : at;
                position = target;
                continue;
            }

            if (length > 63 || position + 1 + length > message.Length || name.Length + length + 1 > HostName.MaxLength + 1)
            {
                return null;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(message.Slice(position + 1, length)).ToLowerInvariant());
            position += 1 + length;
        }

        return null;
    }
}
