using System.Runtime.InteropServices;
using System.Text;

namespace Tendril.Bpf;

/// <summary>
/// A compiled BPF object: opened, configured, loaded, attached. Not safe for use by several threads at once, except that maps of a loaded object
/// may be read and written by any.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private const int KernelLogBytes = 256 * 1024;
    private readonly BpfObjectHandle _handle;
    private (string Name, int Descriptor)[]? _programs;
    private readonly byte* _kernelLog;
    private readonly Dictionary<string, (nint Memory, nuint Size)> _mapped = [];

    private BpfObject(string name, BpfObjectHandle handle, byte* kernelLog)
    {
        Name = name;
        _handle = handle;
        _kernelLog = kernelLog;
    }

    /// <summary>The object's name, for messages.</summary>
    public string Name { get; }

    /// <summary>How many CPUs the kernel prepares for: the number of values of a per-CPU map's entry.</summary>
    public static int PossibleCpus { get; } = BpfException.ThrowIfNegative(LibBpf.libbpf_num_possible_cpus(), "count CPUs");

    /// <summary>The version of libbpf in use, "1.1".</summary>
    public static string LibraryVersion => $"{LibBpf.libbpf_major_version()}.{LibBpf.libbpf_minor_version()}";

    /// <summary>Opens an object from the bytes of its ELF file. Nothing reaches the kernel yet.</summary>
    /// <param name="name">For messages; at most 15 characters are shown by the kernel.</param>
    /// <param name="elf">The file's content.</param>
    /// <exception cref="BpfException">The bytes are no BPF object that this libbpf can read.</exception>
    public static BpfObject Open(string name, ReadOnlySpan<byte> elf)
    {
        byte* log = (byte*)NativeMemory.AllocZeroed(KernelLogBytes);
        byte[] nameBytes = Encoding.UTF8.GetBytes(name + '\0');
        fixed (byte* bytes = elf)
        fixed (byte* namePointer = nameBytes)
        {
            var options = new LibBpf.ObjectOpenOptions
            {
                Size = (nuint)sizeof(LibBpf.ObjectOpenOptions),
                ObjectName = namePointer,
                KernelLog = log,
                KernelLogSize = KernelLogBytes,
            };
            var handle = LibBpf.bpf_object__open_mem(bytes, (nuint)elf.Length, &options);
            if (handle.IsInvalid)
            {
                int errno = Marshal.GetLastPInvokeError();
                handle.Dispose();
                NativeMemory.Free(log);
                throw new BpfException($"open object {name}", errno, LibBpfLog.Take());
            }

            return new BpfObject(name, handle, log);
        }
    }

    /// <summary>Sets a map's size; before <see cref="Load"/>.</summary>
    /// <param name="map">The map's name.</param>
    /// <param name="entries">Entries, or bytes of a ring buffer (a power of two and a multiple of the page size).</param>
    /// <exception cref="BpfException">No such map, or the object is loaded.</exception>
    public void SetMaxEntries(string map, uint entries) =>
        BpfException.ThrowIfNegative(LibBpf.bpf_map__set_max_entries(FindMap(map), entries), $"size map {map}");

    /// <summary>Uses another object's map in place of this object's own of the same name; before <see cref="Load"/>.</summary>
    /// <param name="map">The map's name in both.</param>
    /// <param name="other">A loaded object.</param>
    /// <exception cref="BpfException">No such map, or the two are not alike.</exception>
    public void ShareMap(string map, BpfObject other) =>
        BpfException.ThrowIfNegative(LibBpf.bpf_map__reuse_fd(FindMap(map), LibBpf.bpf_map__fd(other.FindMap(map))), $"share map {map}");

    /// <summary>Sets the hook a program is for, where libbpf does not know it by the section's name; before <see cref="Load"/>.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="attachType">The kernel's enum bpf_attach_type.</param>
    /// <exception cref="BpfException">No such program, or the object is loaded.</exception>
    public void SetAttachType(string program, int attachType) =>
        BpfException.ThrowIfNegative(LibBpf.bpf_program__set_expected_attach_type(FindProgram(program), attachType), $"set the hook of {program}");

    /// <summary>
    /// The initial content of a section of global variables (".rodata", ".bss"), which must begin with one variable of type
    /// <typeparamref name="T"/>; before <see cref="Load"/>.
    /// </summary>
    /// <typeparam name="T">The variable's type.</typeparam>
    /// <param name="section">The section's name.</param>
    /// <exception cref="BpfException">No such section, or it is smaller than <typeparamref name="T"/>.</exception>
    public ref T InitialGlobals<T>(string section)
        where T : unmanaged
    {
        nuint size;
        void* memory = LibBpf.bpf_map__initial_value(FindMap(section), &size);
        return ref Checked<T>(section, memory, size);
    }

    /// <summary>
    /// The memory of the running programs' global variables (".bss", ".data"), shared with them; after <see cref="Load"/>. The section
    /// must begin with one variable of type <typeparamref name="T"/>.
    /// </summary>
    /// <typeparam name="T">The variable's type.</typeparam>
    /// <param name="section">The section's name.</param>
    /// <exception cref="BpfException">No such section, it is smaller than <typeparamref name="T"/>, or it cannot be mapped.</exception>
    public ref T Globals<T>(string section)
        where T : unmanaged
    {
        if (!_mapped.TryGetValue(section, out var mapping))
        {
            mapping = Map(section);
            _mapped.Add(section, mapping);
        }

        ThrowIfDisposed();
        return ref Checked<T>(section, (void*)mapping.Memory, mapping.Size);
    }

    /// <summary>Creates the maps, and has the kernel verify and load the programs.</summary>
    /// <exception cref="BpfException">The kernel refused; the log has the verifier's last lines.</exception>
    public void Load()
    {
        int result = LibBpf.bpf_object__load(_handle);
        if (result < 0)
        {
            throw new BpfException($"load object {Name}", -result, LibBpfLog.Take() + LastLines(Marshal.PtrToStringUTF8((nint)_kernelLog) ?? ""));
        }
    }

    /// <summary>A map by its name; after <see cref="Load"/>.</summary>
    /// <typeparam name="TKey">Its key.</typeparam>
    /// <typeparam name="TValue">Its value.</typeparam>
    /// <param name="name">Its name in the object.</param>
    /// <exception cref="BpfException">No such map, or key or value have another size.</exception>
    public BpfMap<TKey, TValue> Map<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged
        => new(this, name, FindMap(name));

    /// <summary>Attaches a cgroup program by a link, beside any others (multi mode).</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="cgroupDirectory">The cgroup v2 directory.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public BpfLink AttachToCgroup(string program, SafeHandle cgroupDirectory)
    {
        bool referenced = false;
        try
        {
            cgroupDirectory.DangerousAddRef(ref referenced);
            return Own(LibBpf.bpf_program__attach_cgroup(FindProgram(program), (int)cgroupDirectory.DangerousGetHandle()), $"attach {program} to the cgroup");
        }
        finally
        {
            if (referenced)
            {
                cgroupDirectory.DangerousRelease();
            }
        }
    }

    /// <summary>Attaches an XDP program to an interface by a link.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="interfaceIndex">The interface's index.</param>
    /// <exception cref="BpfException">The driver or the kernel refused, or another XDP program is attached.</exception>
    public BpfLink AttachToInterface(string program, int interfaceIndex) =>
        Own(LibBpf.bpf_program__attach_xdp(FindProgram(program), interfaceIndex), $"attach {program} to interface {interfaceIndex}");

    /// <summary>Attaches an iterator program; <see cref="RunIterator"/> runs it.</summary>
    /// <param name="program">The program's name.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public BpfLink AttachIterator(string program) =>
        Own(LibBpf.bpf_program__attach_iter(FindProgram(program), null), $"attach {program}");

    /// <summary>Runs an iterator once, over the calling thread's network namespace where that matters.</summary>
    /// <param name="link">From <see cref="AttachIterator"/>.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static void RunIterator(BpfLink link)
    {
        int fd = LibBpf.bpf_iter_create(LibBpf.bpf_link__fd(link.Handle));
        if (fd < 0)
        {
            throw new BpfException("start iterator", Marshal.GetLastPInvokeError());
        }

        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        Span<byte> buffer = stackalloc byte[256];
        while (stream.Read(buffer) > 0)
        {
        }
    }

    /// <summary>
    /// Runs a program for packets (section "tc") on an empty one, in the calling thread's network namespace. A signal may end it before it ran as
    /// often as asked: the program's globals have to tell.
    /// </summary>
    /// <param name="program">The program's name.</param>
    /// <param name="times">How often, one run after the other.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Run(string program, int times)
    {
        const int EthernetHeader = 14, Interrupted = 4; // the least that the kernel takes for a packet; EINTR
        ThrowIfDisposed();
        byte* packet = stackalloc byte[EthernetHeader];
        new Span<byte>(packet, EthernetHeader).Clear();
        var options = new LibBpf.TestRunOptions
        {
            Size = (nuint)sizeof(LibBpf.TestRunOptions),
            DataIn = packet,
            DataInSize = EthernetHeader,
            Repeat = times,
        };
        if (LibBpf.bpf_prog_test_run_opts(LibBpf.bpf_program__fd(FindProgram(program)), &options) < 0 && Marshal.GetLastPInvokeError() is var errno and not Interrupted)
        {
            throw new BpfException($"run {program}", errno, LibBpfLog.Take());
        }
    }

    /// <summary>Opens a reader for a ring buffer map.</summary>
    /// <param name="map">The map's name.</param>
    /// <param name="onRecord">Called for each record, on the thread that calls <see cref="RingBuffer.Consume"/>; the span is valid only inside the call.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public RingBuffer OpenRing(string map, RingBuffer.RecordHandler onRecord) =>
        new(this, LibBpf.bpf_map__fd(FindMap(map)), onRecord);

    /// <summary>Watches a ring buffer for wake-ups by its programs.</summary>
    /// <param name="map">The map's name.</param>
    /// <param name="onWake">Called on a thread of its own; must be quick.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public RingAlarm WatchRing(string map, Action onWake) => new(LibBpf.bpf_map__fd(FindMap(map)), onWake);

    /// <summary>
    /// How often and for how long each loaded program ran, as the kernel counts while its statistics are on (sysctl kernel.bpf_stats_enabled,
    /// since 5.1); all zero when they never were.
    /// </summary>
    public IEnumerable<BpfProgramRuns> Runs()
    {
        ThrowIfDisposed();
        _programs ??= LoadedPrograms();
        return _programs.Select(program => RunsOf(program.Name, program.Descriptor));
    }

    /// <summary>The object's BTF, raw; for tests that compare its layouts with user space's.</summary>
    public ReadOnlySpan<byte> Btf()
    {
        uint size;
        byte* data = LibBpf.btf__raw_data(LibBpf.bpf_object__btf(_handle), &size);
        return new ReadOnlySpan<byte>(data, (int)size);
    }

    /// <summary>Unloads the object. Links that are still open keep their programs attached until they are disposed.</summary>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            foreach (var (memory, size) in _mapped.Values)
            {
                _ = LibBpf.munmap((void*)memory, size);
            }

            _handle.Dispose();
            NativeMemory.Free(_kernelLog);
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_handle.IsClosed, this);

    private static string LastLines(string log)
    {
        const int Kept = 12;
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? "" : "\nverifier: " + string.Join('\n', lines[^Math.Min(Kept, lines.Length)..]);
    }

    private static BpfLink Own(BpfLinkHandle handle, string operation)
    {
        if (!handle.IsInvalid)
        {
            return new BpfLink(handle);
        }

        int errno = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw new BpfException(operation, errno, LibBpfLog.Take());
    }

    private nint FindMap(string name) => Found(LibBpf.bpf_object__find_map_by_name(_handle, name), "map", name);

    // libbpf itself maps a section for its own skeletons only: what it gives out after the load is a private copy.
    private (nint Memory, nuint Size) Map(string section)
    {
        const int ReadWrite = 3, Shared = 1;
        nint map = FindMap(section);
        nuint pages = (LibBpf.bpf_map__value_size(map) + (nuint)Environment.SystemPageSize - 1) / (nuint)Environment.SystemPageSize;
        void* memory = LibBpf.mmap(null, pages * (nuint)Environment.SystemPageSize, ReadWrite, Shared, LibBpf.bpf_map__fd(map), 0);
        return (nint)memory != -1
            ? ((nint)memory, pages * (nuint)Environment.SystemPageSize)
            : throw new BpfException($"map section {section} of object {Name}", Marshal.GetLastPInvokeError());
    }

    private ref T Checked<T>(string section, void* memory, nuint size)
        where T : unmanaged
    {
        if (memory == null || size < (nuint)sizeof(T))
        {
            throw new BpfException($"section {section} of object {Name} holds {size} bytes, expected at least {sizeof(T)}", 0);
        }

        return ref *(T*)memory;
    }

    private (string Name, int Descriptor)[] LoadedPrograms()
    {
        var programs = new List<(string, int)>();
        for (nint program = 0; (program = LibBpf.bpf_object__next_program(_handle, program)) != 0;)
        {
            if (LibBpf.bpf_program__fd(program) is >= 0 and var descriptor)
            {
                programs.Add((Marshal.PtrToStringUTF8(LibBpf.bpf_program__name(program)) ?? "", descriptor));
            }
        }

        return [.. programs];
    }

    private static BpfProgramRuns RunsOf(string name, int descriptor)
    {
        // struct bpf_prog_info: run_time_ns and run_cnt are its words 24 and 25; the kernel takes a shorter one than its own.
        const int RunTime = 24, RunCount = 25, Words = 26;
        ulong* info = stackalloc ulong[Words];
        new Span<ulong>(info, Words).Clear();
        uint length = Words * sizeof(ulong);
        return LibBpf.bpf_obj_get_info_by_fd(descriptor, info, &length) == 0 && length == Words * sizeof(ulong)
            ? new(name, info[RunCount], info[RunTime])
            : new(name, 0, 0);
    }

    private nint FindProgram(string name) => Found(LibBpf.bpf_object__find_program_by_name(_handle, name), "program", name);

    private nint Found(nint pointer, string what, string name)
    {
        ThrowIfDisposed();
        return pointer != 0 ? pointer : throw new BpfException($"object {Name} has no {what} {name}", Marshal.GetLastPInvokeError());
    }
}
