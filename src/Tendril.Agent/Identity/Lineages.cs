using System.Buffers.Binary;

namespace Tendril.Agent.Identity;

/// <summary>
/// Finds the lineage a process belongs to by its fingerprint, and what program a process was of which only the kernel's word is
/// left. Bounded by the records there are: a lineage without records is dropped.
/// </summary>
internal sealed class Lineages
{
    /// <summary>Distinct argument lists of one program in one place that are told apart; later ones share one without arguments.</summary>
    public const int MaxArgumentLists = 16;

    private const int MaxHints = 16_384;

    private readonly Dictionary<ProgramKey, List<Lineage>> _programs = [];

    // From the kernel's word for a process to its program. A name that two programs share ("worker") tells nothing: default.
    private readonly Dictionary<KernelWord, ProgramKey> _hints = [];

    /// <summary>The lineage of a program with these arguments, made if need be.</summary>
    /// <param name="serviceName">What its environment calls the service: two services may be the same script, told apart by nothing else.</param>
    public Lineage Of(in ProgramKey program, IReadOnlyList<string> arguments, string serviceName = "")
    {
        if (!_programs.TryGetValue(program, out var lists))
        {
            _programs.Add(program, lists = []);
        }

        foreach (var lineage in lists)
        {
            if (lineage.ServiceName == serviceName && lineage.Arguments.SequenceEqual(arguments))
            {
                return lineage;
            }
        }

        if ((arguments.Count > 0 || serviceName.Length > 0) && lists.Count(lineage => !lineage.IsPlain) >= MaxArgumentLists)
        {
            return Of(program, []);
        }

        var added = new Lineage(program, arguments, serviceName);
        lists.Add(added);
        return added;
    }

    /// <summary>The lineage of a program if there is one without arguments; null otherwise.</summary>
    public Lineage? Existing(in ProgramKey program)
        => _programs.TryGetValue(program, out var lists) ? lists.Find(lineage => lineage.IsPlain) : null;

    /// <summary>What every process of a program was called by its environment so far; empty when that differs, or for some it was not called anything.</summary>
    public string ServiceNameOf(in ProgramKey program)
        => _programs.TryGetValue(program, out var lists) && lists.TrueForAll(lineage => lineage.ServiceName == lists[0].ServiceName) ? lists[0].ServiceName : "";

    /// <summary>Remembers that a process the kernel described so was of this program.</summary>
    public void Learn(UInt128 comm, ulong cgroupId, ulong networkNamespace, in ProgramKey program)
    {
        if (_hints.Count >= MaxHints)
        {
            // Only a help for processes that were gone too soon; what is needed is soon learned again.
            _hints.Clear();
        }

        var word = Word(comm, cgroupId, networkNamespace);
        _hints[word] = !_hints.TryGetValue(word, out var known) || known == program ? program : default;
    }

    /// <summary>Whether any program is known by this description.</summary>
    public bool HasLearned(UInt128 comm, ulong cgroupId, ulong networkNamespace) => _hints.ContainsKey(Word(comm, cgroupId, networkNamespace));

    /// <summary>The program that processes of this description were so far; false when there was none, or more than one.</summary>
    public bool TryGuess(UInt128 comm, ulong cgroupId, ulong networkNamespace, out ProgramKey program)
        => _hints.TryGetValue(Word(comm, cgroupId, networkNamespace), out program) && program != default;

    /// <summary>Takes a record out of its lineage: no later process joins it.</summary>
    public void Remove(ProcessRecord record)
    {
        if (record.Lineage is not { } lineage)
        {
            return;
        }

        record.Lineage = null;
        lineage.Records.Remove(record);
        DropIfEmpty(lineage);
    }

    /// <summary>Nothing is held for a lineage without records.</summary>
    public void DropIfEmpty(Lineage lineage)
    {
        if (lineage.Records.Count == 0 && _programs.TryGetValue(lineage.Program, out var lists) && lists.Remove(lineage) && lists.Count == 0)
        {
            _programs.Remove(lineage.Program);
        }
    }

    // Threads of a pool are numbered: "pool-1-thread-2" and "pool-1-thread-3" are one word. "python3" is not "python2".
    private static KernelWord Word(UInt128 comm, ulong cgroupId, ulong networkNamespace)
    {
        Span<byte> name = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(name, comm);
        var length = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var before = length == 0 ? (byte)0 : name[length - 1];
            if (!char.IsAsciiDigit((char)name[i]))
            {
                name[length++] = name[i];
            }
            else if (before is (byte)'-' or (byte)'_' or (byte)' ')
            {
                name[length++] = (byte)'#';
            }
            else if (before != (byte)'#')
            {
                name[length++] = name[i];
            }
        }

        name[length..].Clear();
        return new KernelWord(BinaryPrimitives.ReadUInt128BigEndian(name), cgroupId, networkNamespace);
    }

    private readonly record struct KernelWord(UInt128 Comm, ulong CgroupId, ulong NetworkNamespace);
}
