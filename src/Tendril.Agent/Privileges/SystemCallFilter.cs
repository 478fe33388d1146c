using System.Runtime.InteropServices;

namespace Tendril.Agent.Privileges;

/// <summary>
/// A seccomp filter for the rest of the agent's life, of all its threads: what a running agent has no use for is refused, above all what would let
/// whoever got hold of it run a program, change a file, or load another BPF program. CAP_SYS_ADMIN, which is kept, would allow much of that.
/// </summary>
internal static unsafe partial class SystemCallFilter
{
    private const uint Allow = 0x7fff0000, RefuseWith = 0x00050000, KillProcess = 0x80000000;
    private const uint NotPermitted = 1, NotImplemented = 38, AddressFamilyNotSupported = 97;
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfNotLess = 0x35, JumpIfAny = 0x45, Return = 0x06;

    // Of struct seccomp_data; both architectures are little-endian, so an argument's low half comes first.
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgument = 16, ArgumentBytes = 8;
    private const uint X64 = 0xC000003E, Arm64 = 0xC00000B7, X32Bit = 0x40000000;

    private const uint WriteOrCreate = 0x1 | 0x2 | 0x40 | 0x200; // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
    private const uint NewThread = 0x10000; // CLONE_THREAD
    private const uint NewNamespaces = 0x7E020080; // CLONE_NEWNS, CLONE_NEWCGROUP to CLONE_NEWNET, CLONE_NEWTIME
    private const uint NetworkNamespace = 0x40000000; // CLONE_NEWNET

    // Look up, update, delete and next key; run a program that is loaded; info of a descriptor; look up and delete; the same in batches; read an iterator.
    private static readonly uint[] BpfCommands = [1, 2, 3, 4, 10, 15, 21, 24, 25, 26, 27, 33];

    // IPv4, netlink and IPv6. Not Unix sockets: daemons that take root's word listen there.
    private static readonly uint[] SocketFamilies = [2, 10, 16];

    /// <summary>Puts it on all threads of this process, for good, and forbids them to gain rights by running a program.</summary>
    /// <param name="keepsFiles">Its own certificate is renewed on disk, so files may be written; whose, is left to their permissions.</param>
    /// <returns>How many system calls it refuses, wholly or in part; 0 and the error's number when it is not taken.</returns>
    public static (int Calls, int Errno) Install(bool keepsFiles)
    {
        const int SetNoNewPrivileges = 38, SetModeFilter = 1, SynchronizeThreads = 1;
        var (program, calls) = Build((uint)Environment.ProcessId, keepsFiles);
        if (prctl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
        {
            return (0, Marshal.GetLastPInvokeError());
        }

        // SAFETY: struct sock_fprog is a length and, at the size of a pointer, the pointer; the kernel copies the program during the call.
        fixed (ulong* instructions = program)
        {
            nuint* filter = stackalloc nuint[2] { (nuint)program.Length, (nuint)instructions };
            nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 277 : 317;
            return syscall(number, SetModeFilter, SynchronizeThreads, filter) == 0 ? (calls, 0) : (0, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>The filter, an instruction a word, and how many system calls it refuses, wholly or in part.</summary>
    /// <param name="self">Who signals may be sent to.</param>
    /// <param name="keepsFiles">Files may be written.</param>
    public static (ulong[] Program, int Calls) Build(uint self, bool keepsFiles = false)
    {
        var program = new List<ulong>();
        program.AddRange([
            Step(Load, ArchitectureOffset),
            Step(JumpIfEqual, RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64, 1),
            Step(Return, KillProcess),
            Step(Load, NumberOffset),
            Step(JumpIfNotLess, X32Bit, 0, 1),
            Step(Return, RefuseWith | NotPermitted),
        ]);
        SystemCall[] opening = keepsFiles ? [] : [SystemCalls.Open, SystemCalls.OpenAt];
        SystemCall[] someUses = [.. opening, SystemCalls.Bpf, SystemCalls.Socket, SystemCalls.Clone, SystemCalls.SetNamespace, SystemCalls.Kill, SystemCalls.ThreadKill];
        foreach (var call in opening)
        {
            RefuseAny(program, call, call == SystemCalls.Open ? 1u : 2u, WriteOrCreate);
        }

        AllowOnly(program, SystemCalls.Bpf, 0, NotPermitted, BpfCommands);
        AllowOnly(program, SystemCalls.Socket, 0, AddressFamilyNotSupported, SocketFamilies);
        RefuseAny(program, SystemCalls.Clone, 0, NewNamespaces);
        RefuseUnlessAny(program, SystemCalls.Clone, 0, NewThread);
        AllowOnly(program, SystemCalls.SetNamespace, 1, NotPermitted, NetworkNamespace);
        AllowOnly(program, SystemCalls.Kill, 0, NotPermitted, self);
        AllowOnly(program, SystemCalls.ThreadKill, 0, NotPermitted, self);
        // The flags of these are in memory, where a filter cannot look; the C library then uses the older call.
        Refuse(program, SystemCalls.Clone3, NotImplemented);
        Refuse(program, SystemCalls.OpenAt2, NotImplemented);
        var unneeded = SystemCalls.Unneeded.Concat(keepsFiles ? [] : SystemCalls.OfOwnFiles).Where(call => call.Number >= 0).ToList();
        unneeded.ForEach(call => Refuse(program, call, NotPermitted));
        program.Add(Step(Return, Allow));
        return ([.. program], unneeded.Count + 2 + someUses.Count(call => call.Number >= 0));
    }

    private static void Refuse(List<ulong> program, SystemCall call, uint error) => When(program, call, [Step(Return, RefuseWith | error)]);

    private static void RefuseAny(List<ulong> program, SystemCall call, uint argument, uint bits) =>
        When(program, call, [LoadArgument(argument), Step(JumpIfAny, bits, 0, 1), Step(Return, RefuseWith | NotPermitted), Step(Load, NumberOffset)]);

    private static void RefuseUnlessAny(List<ulong> program, SystemCall call, uint argument, uint bits) =>
        When(program, call, [LoadArgument(argument), Step(JumpIfAny, bits, 1), Step(Return, RefuseWith | NotPermitted), Step(Load, NumberOffset)]);

    private static void AllowOnly(List<ulong> program, SystemCall call, uint argument, uint error, params uint[] values) =>
        When(program, call, [
            LoadArgument(argument),
            .. values.Select((value, i) => Step(JumpIfEqual, value, (byte)(values.Length - i))),
            Step(Return, RefuseWith | error),
            Step(Return, Allow),
        ]);

    private static void When(List<ulong> program, SystemCall call, ulong[] then)
    {
        if (call.Number >= 0)
        {
            program.Add(Step(JumpIfEqual, (uint)call.Number, 0, (byte)then.Length));
            program.AddRange(then);
        }
    }

    private static ulong LoadArgument(uint argument) => Step(Load, FirstArgument + argument * ArgumentBytes);

    // struct sock_filter: code of 16 bits, how far to jump when true and when not, of 8, and a value of 32.
    private static ulong Step(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0) =>
        code | ((ulong)whenTrue << 16) | ((ulong)whenFalse << 24) | ((ulong)value << 32);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nuint operation, nuint flags, void* filter);
}
