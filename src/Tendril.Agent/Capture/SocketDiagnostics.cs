using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tendril.Agent.Capture;

/// <summary>A TCP socket as the kernel's own table has it.</summary>
/// <param name="Cookie">The socket's cookie, the same that the BPF programs see.</param>
/// <param name="State">TCP's state: 1 established, 8 waits to be closed, 10 listens.</param>
/// <param name="CgroupId">Where it was made; 0 before kernel 5.9.</param>
/// <param name="BytesAcked">As tcp_info has it: the SYN of an active open and an acknowledged FIN count one each.</param>
internal readonly record struct DiagnosedSocket(
    ulong NetworkNamespace, ulong Cookie, byte State, Address Local, ushort LocalPort, Address Remote, ushort RemotePort, uint Inode, ulong CgroupId,
    ulong BytesAcked, ulong BytesReceived, uint Retransmits);

/// <summary>
/// Asks the kernel for all TCP sockets of the calling thread's network namespace (NETLINK_SOCK_DIAG, since 3.3): works on every kernel, with nothing
/// attached, so that it can check what the programs saw, and stand in for the iterators.
/// </summary>
internal static unsafe partial class SocketDiagnostics
{
    /// <summary>Bit of a state in <see cref="Dump"/>'s mask.</summary>
    public const uint Established = 1 << 1, ClosedByPeer = 1 << 8, Listening = 1 << 10;

    private const int Netlink = 16, Raw = 3, CloseOnExec = 0x80000, SockDiag = 4;
    private const int DumpByFamily = 20, Done = 3, Error = 2;
    private const short RequestDump = 0x301;
    private const byte InfoExtension = 1 << (InfoAttribute - 1);
    private const int InfoAttribute = 2, CgroupAttribute = 21, MessageHeader = 16, SocketBytes = 72, RequestBytes = 56;
    private const byte Tcp = 6;

    // Of struct tcp_info (linux/tcp.h), stable since 4.2.
    private const int TotalRetransmitsOffset = 100, BytesAckedOffset = 120, BytesReceivedOffset = 128;

    /// <summary>The sockets in the given states; empty where the kernel does not answer.</summary>
    public static List<DiagnosedSocket> Dump(uint states, NamespaceSource namespaces = NamespaceSource.NotTold)
    {
        var found = new List<DiagnosedSocket>();
        ulong networkNamespace = NetworkNamespaces.Own(namespaces);
        int descriptor = socket(Netlink, Raw | CloseOnExec, SockDiag);
        if (descriptor < 0)
        {
            return found;
        }

        byte[] buffer = GC.AllocateUninitializedArray<byte>(128 * 1024);
        try
        {
            foreach (byte family in (ReadOnlySpan<byte>)[2, 10])
            {
                Ask(descriptor, family, states);
                while (Receive(descriptor, buffer) is var length and > 0 && !Read(buffer.AsSpan(0, length), networkNamespace, found))
                {
                }
            }
        }
        finally
        {
            _ = close(descriptor);
        }

        return found;
    }

    // struct nlmsghdr, then struct inet_diag_req_v2 with an empty socket id.
    private static void Ask(int descriptor, byte family, uint states)
    {
        Span<byte> request = stackalloc byte[MessageHeader + RequestBytes];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteInt16LittleEndian(request[4..], DumpByFamily);
        BinaryPrimitives.WriteInt16LittleEndian(request[6..], RequestDump);
        request[MessageHeader] = family;
        request[MessageHeader + 1] = Tcp;
        request[MessageHeader + 2] = InfoExtension;
        BinaryPrimitives.WriteUInt32LittleEndian(request[(MessageHeader + 4)..], states);
        fixed (byte* bytes = request)
        {
            _ = send(descriptor, bytes, (nuint)request.Length, 0);
        }
    }

    private static int Receive(int descriptor, byte[] buffer)
    {
        fixed (byte* bytes = buffer)
        {
            return (int)recv(descriptor, bytes, (nuint)buffer.Length, 0);
        }
    }

    /// <returns>True at the end of the answer.</returns>
    private static bool Read(ReadOnlySpan<byte> messages, ulong networkNamespace, List<DiagnosedSocket> into)
    {
        while (messages.Length >= MessageHeader)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            int type = BinaryPrimitives.ReadInt16LittleEndian(messages[4..]);
            if (type is Done or Error || length < MessageHeader || length > messages.Length)
            {
                return true;
            }

            if (length >= MessageHeader + SocketBytes)
            {
                into.Add(ReadSocket(messages[MessageHeader..length], networkNamespace));
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return false;
    }

    // struct inet_diag_msg: family, state, timer, retransmits, then the id (ports in network order, addresses, interface, cookie), expiry, queues, uid, inode.
    private static DiagnosedSocket ReadSocket(ReadOnlySpan<byte> message, ulong networkNamespace)
    {
        byte family = message[0];
        var (acked, received, retransmits, cgroup) = ReadAttributes(message[SocketBytes..]);
        return new DiagnosedSocket(
            networkNamespace,
            BinaryPrimitives.ReadUInt64LittleEndian(message[44..]),
            message[1],
            ReadAddress(family, message[8..24]), BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            ReadAddress(family, message[24..40]), BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(message[68..]),
            cgroup, acked, received, retransmits);
    }

    private static (ulong Acked, ulong Received, uint Retransmits, ulong Cgroup) ReadAttributes(ReadOnlySpan<byte> attributes)
    {
        ulong acked = 0, received = 0, cgroup = 0;
        uint retransmits = 0;
        while (attributes.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes), type = BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]);
            if (length < 4 || length > attributes.Length)
            {
                break;
            }

            var value = attributes[4..length];
            if (type == InfoAttribute && value.Length >= BytesReceivedOffset + 8)
            {
                retransmits = BinaryPrimitives.ReadUInt32LittleEndian(value[TotalRetransmitsOffset..]);
                acked = BinaryPrimitives.ReadUInt64LittleEndian(value[BytesAckedOffset..]);
                received = BinaryPrimitives.ReadUInt64LittleEndian(value[BytesReceivedOffset..]);
            }
            else if (type == CgroupAttribute && value.Length >= 8)
            {
                cgroup = BinaryPrimitives.ReadUInt64LittleEndian(value);
            }

            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return (acked, received, retransmits, cgroup);
    }

    private static Address ReadAddress(byte family, ReadOnlySpan<byte> bytes)
    {
        if (family != 2)
        {
            return Address.FromBytes(bytes);
        }

        Span<byte> mapped = stackalloc byte[16];
        mapped.Clear();
        mapped[10] = mapped[11] = 0xff;
        bytes[..4].CopyTo(mapped[12..]);
        return Address.FromBytes(mapped);
    }

    [LibraryImport("libc")]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial nint send(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial nint recv(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
