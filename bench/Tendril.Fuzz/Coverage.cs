using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SharpFuzz.Common;

namespace Tendril.Fuzz;

/// <summary>
/// Which branches an input took: the map that code instrumented by SharpFuzz counts in, AFL's own, one byte for each pair of blocks that ran one
/// after the other. Code that is not instrumented counts nothing. One thread, as the map is one for the process.
/// </summary>
internal sealed unsafe class Coverage
{
    // SharpFuzz writes 16-bit places into the code.
    private const int Size = 65_536;

    private static readonly byte[] Classes = [.. Enumerable.Range(0, 256).Select(count => ClassOf((byte)count))];

    private readonly byte* _map;
    private readonly byte[] _seen = new byte[Size];

    public Coverage()
    {
        _map = (byte*)NativeMemory.AlignedAlloc(Size, 64);
        NativeMemory.Clear(_map, Size);
        Trace.SharedMem = _map;
    }

    /// <summary>Different pairs of blocks so far.</summary>
    public int Edges { get; private set; }

    /// <summary>What runs from now on is one input's.</summary>
    public static void Begin() => Trace.PrevLocation = 0;

    /// <summary>Takes over what was reached since, and clears it for the next input.</summary>
    /// <returns>True when something was reached that never was, or more often than ever by AFL's classes of counts.</returns>
    public bool End()
    {
        var news = false;
        for (var at = 0; at < Size; at += Vector256<byte>.Count)
        {
            var here = Vector256.LoadAligned(_map + at);
            if (here == Vector256<byte>.Zero)
            {
                continue;
            }

            // Of 32 places two or three are reached as a rule.
            for (var reached = ~Vector256.Equals(here, Vector256<byte>.Zero).ExtractMostSignificantBits(); reached != 0; reached &= reached - 1)
            {
                var i = at + BitOperations.TrailingZeroCount(reached);
                var often = Classes[_map[i]];
                if ((often & ~_seen[i]) != 0)
                {
                    Edges += _seen[i] == 0 ? 1 : 0;
                    _seen[i] |= often;
                    news = true;
                }
            }

            Vector256.StoreAligned(Vector256<byte>.Zero, _map + at);
        }

        return news;
    }

    /// <summary>Whether an input reaches a pair of blocks that none did.</summary>
    public bool Reaches(Target target, byte[] input)
    {
        var before = Edges;
        Begin();
        try
        {
            target.Try(input);
        }
        catch (Exception)
        {
            // A finding, which was told when it was found.
        }

        End();
        return Edges > before;
    }

    /// <summary>As if nothing had run.</summary>
    public void Forget()
    {
        End();
        Array.Clear(_seen);
        Edges = 0;
    }

    private static byte ClassOf(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
