using System.Runtime.InteropServices;

namespace Tendril.Benchmarks;

/// <summary>Blocking IPv4 loopback sockets by the C library's own calls, so that what is measured is the kernel and not a socket library.</summary>
internal static unsafe partial class LoopbackSockets
{
    private const int Inet = 2, Stream = 1, SolSocket = 1, ReuseAddress = 2, NoSignal = 0x4000;

    /// <summary>A listening socket on a port of 127.0.0.1 that the kernel chooses.</summary>
    public static (int Socket, ushort Port) Listen()
    {
        int socket = Check(CreateSocket(Inet, Stream, 0), "socket"), one = 1;
        Check(SetSocketOption(socket, SolSocket, ReuseAddress, &one, sizeof(int)), "setsockopt");
        var address = Address(0);
        Check(Bind(socket, &address, sizeof(SocketAddress)), "bind");
        Check(Listen(socket, 4096), "listen");
        int length = sizeof(SocketAddress);
        Check(GetName(socket, &address, &length), "getsockname");
        return (socket, ReverseBytes(address.PortBe));
    }

    public static int Accept(int listener) => Check(Accept(listener, null, null), "accept");

    public static int Connect(ushort port)
    {
        int socket = Check(CreateSocket(Inet, Stream, 0), "socket");
        var address = Address(port);
        Check(Connect(socket, &address, sizeof(SocketAddress)), "connect");
        return socket;
    }

    public static void SendAll(int socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            Check((int)Send(socket, bytes, (nuint)data.Length, NoSignal), "send");
        }
    }

    /// <summary>Reads until the buffer is full or the other end closed.</summary>
    public static int ReceiveAll(int socket, Span<byte> buffer)
    {
        int total = 0;
        fixed (byte* bytes = buffer)
        {
            while (total < buffer.Length)
            {
                int count = Check((int)Receive(socket, bytes + total, (nuint)(buffer.Length - total), 0), "recv");
                if (count == 0)
                {
                    break;
                }

                total += count;
            }
        }

        return total;
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int socket);

    private static SocketAddress Address(ushort port) => new() { Family = Inet, PortBe = ReverseBytes(port), AddressBe = 0x0100007f };

    private static ushort ReverseBytes(ushort value) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int CreateSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, SocketAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(int socket, int backlog);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(int socket, SocketAddress* address, int* length);

    [LibraryImport("libc", EntryPoint = "accept", SetLastError = true)]
    private static partial int Accept(int socket, SocketAddress* address, int* length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int socket, SocketAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, byte* data, nuint length, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct SocketAddress
    {
        public ushort Family;
        public ushort PortBe;
        public uint AddressBe;
        public ulong Zero;
    }
}
