using System.Runtime.InteropServices;
using System.Text;

namespace Tendril.Agent.Identity;

/// <summary>
/// The few calls of the C library that the base library lacks (inode numbers) or makes costly (reading /proc: a safe handle, two
/// strings and, where the process is gone, an exception for every look). Nothing here throws; failure is an empty result.
/// </summary>
internal static unsafe partial class Libc
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const uint TypeMask = 0xF000;
    private const uint RegularFile = 0x8000;
    private const int AtFdCwd = -100;
    private const int NoFollowLink = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint StatxType = 0x1;
    private const uint StatxInode = 0x100;
    private const int MaxPathBytes = 4096;

    // struct statx is 256 bytes on every architecture; stx_mask is its first word, stx_mode is at 28, stx_ino at 32.
    private const int StatxBytes = 256;
    private const int StatxModeOffset = 28;
    private const int StatxInodeOffset = 32;

    // O_NOFOLLOW is one of the few flags whose value depends on the architecture.
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>Reads from the start of a file into <paramref name="buffer"/>, as much as fits.</summary>
    /// <returns>The count of bytes; -1 when the file cannot be opened or read.</returns>
    public static int ReadFile(ReadOnlySpan<byte> pathWithNul, Span<byte> buffer) => ReadFile(pathWithNul, ReadOnlyCloseOnExec, buffer);

    /// <summary>Reads from the start of a file as well, but of one that may be anybody's: a symbolic link, a pipe or a device is not read and not waited for.</summary>
    public static int ReadRegularFile(string path, Span<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[MaxPathBytes];
        Span<byte> status = stackalloc byte[StatxBytes];
        if (path.Contains('\0') || !Encoding.UTF8.TryGetBytes(path, bytes[..^1], out var length))
        {
            return -1;
        }

        bytes[length++] = 0;
        // SAFETY: the path ends in NUL, and the status buffer has the size of struct statx.
        fixed (byte* name = bytes, target = status)
        {
            if (Statx(AtFdCwd, name, NoFollowLink, StatxType, target) != 0
                || (MemoryMarshal.Read<ushort>(status[StatxModeOffset..]) & TypeMask) != RegularFile)
            {
                return -1;
            }
        }

        return ReadFile(bytes[..length], ReadOnlyCloseOnExec | NonBlocking | NoFollow, buffer);
    }

    private static int ReadFile(ReadOnlySpan<byte> pathWithNul, int flags, Span<byte> buffer)
    {
        int descriptor;
        // SAFETY: the path ends in NUL (checked), and neither pointer outlives its fixed block.
        fixed (byte* path = pathWithNul)
        {
            descriptor = EndsInNul(pathWithNul) ? Open(path, flags) : -1;
        }

        if (descriptor < 0)
        {
            return -1;
        }

        var total = 0;
        nint count = 0;
        fixed (byte* target = buffer)
        {
            // Files in /proc may answer in pieces.
            while (total < buffer.Length && (count = Read(descriptor, target + total, (nuint)(buffer.Length - total))) > 0)
            {
                total += (int)count;
            }
        }

        _ = Close(descriptor);
        return count < 0 && total == 0 ? -1 : total;
    }

    /// <summary>The target of a symbolic link; empty when there is none.</summary>
    public static string ReadLink(ReadOnlySpan<byte> pathWithNul)
    {
        Span<byte> buffer = stackalloc byte[MaxPathBytes];
        nint count;
        // SAFETY: the path ends in NUL (checked); readlink writes at most the given length and no NUL.
        fixed (byte* path = pathWithNul, target = buffer)
        {
            count = EndsInNul(pathWithNul) ? ReadLink(path, target, (nuint)buffer.Length) : -1;
        }

        return count <= 0 ? "" : Encoding.UTF8.GetString(buffer[..(int)count]);
    }

    /// <summary>A file's inode number; 0 when it cannot be told.</summary>
    public static ulong Inode(string path)
    {
        Span<byte> bytes = stackalloc byte[MaxPathBytes];
        Span<byte> status = stackalloc byte[StatxBytes];
        if (path.Contains('\0') || !Encoding.UTF8.TryGetBytes(path, bytes[..^1], out var length))
        {
            return 0;
        }

        bytes[length] = 0;
        // SAFETY: the path ends in NUL, and the status buffer has the size of struct statx.
        fixed (byte* name = bytes, target = status)
        {
            return Statx(AtFdCwd, name, 0, StatxInode, target) == 0 ? MemoryMarshal.Read<ulong>(status[StatxInodeOffset..]) : 0;
        }
    }

    /// <summary>Which file a path leads to: the kernel's number of its device (20 bits for the minor) and its inode.</summary>
    public static bool TryIdentify(string path, out uint device, out ulong inode)
    {
        // stx_dev_major and stx_dev_minor, 4 bytes each.
        const int DeviceOffset = 136, MinorBits = 20;
        Span<byte> bytes = stackalloc byte[MaxPathBytes];
        Span<byte> status = stackalloc byte[StatxBytes];
        (device, inode) = (0, 0);
        if (path.Contains('\0') || !Encoding.UTF8.TryGetBytes(path, bytes[..^1], out var length))
        {
            return false;
        }

        bytes[length] = 0;
        // SAFETY: the path ends in NUL, and the status buffer has the size of struct statx.
        fixed (byte* name = bytes, target = status)
        {
            if (Statx(AtFdCwd, name, 0, StatxInode, target) != 0)
            {
                return false;
            }
        }

        inode = MemoryMarshal.Read<ulong>(status[StatxInodeOffset..]);
        device = (MemoryMarshal.Read<uint>(status[DeviceOffset..]) << MinorBits) | MemoryMarshal.Read<uint>(status[(DeviceOffset + 4)..]);
        return true;
    }

    private static bool EndsInNul(ReadOnlySpan<byte> path) => !path.IsEmpty && path[^1] == 0;

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static partial nint ReadLink(byte* path, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int Statx(int directory, byte* path, int flags, uint mask, byte* status);
}
