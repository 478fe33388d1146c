using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>What the running kernel lets programs do, found by having it verify programs of a few instructions. Nothing stays loaded.</summary>
public static unsafe class KernelFeatures
{
    /// <summary>The kernel's BPF_PROG_TYPE_SOCK_OPS.</summary>
    public const int SocketCallbacks = 13;

    private const int InvalidArgument = 22;

    /// <summary>Whether programs of a type may call a helper.</summary>
    /// <param name="programType">The kernel's enum bpf_prog_type.</param>
    /// <param name="helper">The helper's number in enum bpf_func_id.</param>
    /// <returns>False when the kernel does not know the helper, or does not allow it there.</returns>
    public static bool HasHelper(int programType, int helper)
    {
        // call HELPER; r0 = 1; exit. The context is no right first argument for most helpers, but only a helper that may not be called at all
        // is an invalid argument of the system call; wrong arguments of one that may are "permission denied".
        return Load(programType, [Instruction(0x85, 0, 0, 0, helper), Instruction(0xb7, 0, 0, 0, 1), Instruction(0x95, 0, 0, 0, 0)]) != InvalidArgument;
    }

    /// <summary>Whether programs may compare and swap a value in one step (kernel 5.12).</summary>
    public static bool HasCompareAndSwap()
    {
        // r0 = 0; *(u64 *)(r10 - 8) = r0; lock cmpxchg (r10 - 8), r0; r0 = 1; exit
        return Load(
            SocketCallbacks,
            [
                Instruction(0xb7, 0, 0, 0, 0), Instruction(0x7b, 10, 0, -8, 0), Instruction(0xdb, 10, 0, -8, 0xf1), Instruction(0xb7, 0, 0, 0, 1),
                Instruction(0x95, 0, 0, 0, 0),
            ]) == 0;
    }

    private static int Load(int programType, ReadOnlySpan<ulong> instructions)
    {
        fixed (ulong* first = instructions)
        fixed (byte* name = "probe\0"u8, license = "GPL\0"u8)
        {
            int result = LibBpf.bpf_prog_load(programType, name, license, first, (nuint)instructions.Length, null);
            if (result < 0)
            {
                return -result;
            }

            new Microsoft.Win32.SafeHandles.SafeFileHandle(result, ownsHandle: true).Dispose();
            return 0;
        }
    }

    // struct bpf_insn: opcode, destination and source register of four bits each, offset, immediate.
    private static ulong Instruction(byte code, byte destination, byte source, short offset, int immediate)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes[0] = code;
        bytes[1] = (byte)(BitConverter.IsLittleEndian ? destination | (source << 4) : (destination << 4) | source);
        MemoryMarshal.Write(bytes[2..], offset);
        MemoryMarshal.Write(bytes[4..], immediate);
        return MemoryMarshal.Read<ulong>(bytes);
    }
}
