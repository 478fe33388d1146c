using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tendril.Bpf;

namespace Tendril.Benchmarks.Floor;

/// <summary>Programs that return at once, on all hooks that the agent's are called on for a TCP connection, as long as it lives (floor.bpf.c).</summary>
internal sealed partial class FloorPrograms : IDisposable
{
    private static readonly string[] Programs =
        ["floor_sockops", "floor_connect", "floor_datagram_connect", "floor_release", "floor_ingress", "floor_egress"];

    private readonly BpfObject _object;
    private readonly List<BpfLink> _links = [];

    private FloorPrograms(BpfObject loaded) => _object = loaded;

    public static FloorPrograms Attach(string cgroupDirectory)
    {
        using var elf = typeof(FloorPrograms).Assembly.GetManifestResourceStream("floor.o")!;
        var bytes = new byte[elf.Length];
        elf.ReadExactly(bytes);
        var programs = new FloorPrograms(BpfObject.Open("floor", bytes));
        try
        {
            programs._object.Load();
            using var directory = Open(cgroupDirectory, DirectoryOnly);
            programs._links.AddRange(Programs.Select(program => programs._object.AttachToCgroup(program, directory)));
            return programs;
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _links.ForEach(link => link.Dispose());
        _object.Dispose();
    }

    private const int DirectoryOnly = 0x10000;

    // The base library opens no directories.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
