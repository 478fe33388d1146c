using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace Tendril.Fuzz;

/// <summary>What a run came to.</summary>
/// <param name="Known">Inputs that reached something new.</param>
/// <param name="MostAllocated">Bytes, by one input.</param>
internal sealed record Outcome(long Inputs, TimeSpan Time, int Edges, int Known, long MostAllocated, int Findings);

/// <summary>
/// Tries inputs on a target: those of its corpus, then ones made of them and of every input that reached something new. A finding is an exception,
/// <see cref="MostBytes"/> of memory, or <see cref="MostTime"/> of processor time; its input is written down and the run goes on, but for the last.
/// </summary>
internal sealed class Run(Target target, Coverage coverage, string folder)
{
    public const long MostBytes = 16 * 1024 * 1024;
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);

    /// <summary>Exit code of a program that ended because an input took too long: nothing else stops it.</summary>
    public const int TooSlow = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly List<byte[]> _known = [];
    private readonly HashSet<string> _findings = [];
    private readonly byte[] _input = new byte[target.MaxBytes];
    private int _length;
    private long _tried;
    private long _mostAllocated;

    public IReadOnlyList<byte[]> Known => _known;

    /// <param name="seeds">The corpus.</param>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="inputs">So many, unless the time is over before.</param>
    public Outcome Go(IEnumerable<byte[]> seeds, int seed, long inputs, TimeSpan time)
    {
        // What it took to begin is no input's.
        coverage.Forget();
        var begun = Stopwatch.GetTimestamp();
        using var last = OpenLast();
        using var watch = new Timer(Watch(), null, Look, Look);
        foreach (var input in seeds)
        {
            Try(input, last);
        }

        if (_known.Count == 0)
        {
            // Without coverage, or a corpus: from nothing.
            _known.Add([]);
        }

        var mutator = new Mutator(target, seed);
        while (_tried < inputs && (_tried % 1024 != 0 || Stopwatch.GetElapsedTime(begun) < time))
        {
            Try(mutator.Next(_known), last);
        }

        return new(_tried, Stopwatch.GetElapsedTime(begun), coverage.Edges, _known.Count, _mostAllocated, _findings.Count);
    }

    private void Try(ReadOnlySpan<byte> input, MemoryMappedViewAccessor last)
    {
        _length = Math.Min(input.Length, _input.Length);
        input[.._length].CopyTo(_input);
        last.Write(0, _length);
        last.SafeMemoryMappedViewHandle.WriteSpan(sizeof(int), input[.._length]);
        Volatile.Write(ref _tried, _tried + 1);
        long before = GC.GetAllocatedBytesForCurrentThread(), allocated;
        Coverage.Begin();
        try
        {
            target.Try(input[.._length]);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        catch (Exception fault)
        {
            // Before it is made smaller, which tries it many times.
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Found(KindOf(fault), fault.ToString(), Shrink(_input.AsSpan(0, _length).ToArray(), KindOf(fault)));
        }

        if (coverage.End())
        {
            _known.Add(_input.AsSpan(0, _length).ToArray());
        }

        _mostAllocated = Math.Max(_mostAllocated, allocated);
        if (allocated > MostBytes)
        {
            Found("memory", $"{allocated} bytes allocated", _input.AsSpan(0, _length).ToArray());
        }
    }

    // An input that overflows the stack ends the process: it is the one in this file.
    private MemoryMappedViewAccessor OpenLast()
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, target.Name + ".last");
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, target.MaxBytes + sizeof(int));
        return file.CreateViewAccessor();
    }

    // By processor time, as others may have the processor meanwhile.
    private TimerCallback Watch()
    {
        var (seen, since) = (0L, TimeSpan.Zero);
        return _ =>
        {
            var (now, used) = (Volatile.Read(ref _tried), Environment.CpuUsage.TotalTime);
            if (now != seen)
            {
                (seen, since) = (now, used);
            }
            else if (used - since > MostTime)
            {
                Found("time", $"more than {MostTime.TotalSeconds} s of processor time", _input.AsSpan(0, _length).ToArray());
                Environment.Exit(TooSlow);
            }
        };
    }

    private void Found(string kind, string what, byte[] input)
    {
        if (!_findings.Add(kind))
        {
            return;
        }

        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "findings", target.Name)).FullName, $"{_findings.Count}");
        File.WriteAllBytes(path, input);
        File.WriteAllText(path + ".txt", what);
        Console.WriteLine($"{target.Name}: found {kind}, by {input.Length} bytes: {path}");
    }

    // One finding for each place that throws, however many inputs lead there.
    private static string KindOf(Exception fault) =>
        $"{fault.GetType().Name} {fault.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("at Tendril.", StringComparison.Ordinal) && !line.Contains("Target.Hold", StringComparison.Ordinal))}";

    /// <summary>Leaves out what the finding does not need.</summary>
    private byte[] Shrink(byte[] input, string kind)
    {
        for (var part = input.Length / 2; part > 0 && !_findings.Contains(kind); part /= 2)
        {
            for (var at = 0; at + part <= input.Length;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + part)..]];
                if (StillFinds(shorter, kind))
                {
                    input = shorter;
                }
                else
                {
                    at += part;
                }
            }
        }

        return input;
    }

    private bool StillFinds(byte[] input, string kind)
    {
        try
        {
            target.Try(input);
            return false;
        }
        catch (Exception fault)
        {
            return KindOf(fault) == kind;
        }
    }
}
