using Tendril.Protocol;

namespace Tendril.Agent.Identity;

/// <summary>The records there are, under their numbers, and which of them changed since they were last taken. Bounded: see <see cref="TryCreate"/>.</summary>
internal sealed class ProcessRecords(int capacity)
{
    private readonly Dictionary<uint, ProcessRecord> _byNumber = [];
    private readonly List<ProcessRecord> _changed = [];
    private uint _lastNumber;

    public int Count => _byNumber.Count;

    public bool HasChanges => _changed.Count > 0;

    public IReadOnlyCollection<ProcessRecord> All => _byNumber.Values;

    /// <summary>The record of all processes that found no room; null until there is one.</summary>
    public ProcessRecord? Other { get; private set; }

    public ProcessRecord? Find(uint number) => _byNumber.GetValueOrDefault(number);

    /// <summary>A record with a number of its own; null when only the place of <see cref="Other"/> is left.</summary>
    public ProcessRecord? TryCreate() => _byNumber.Count - (Other is null ? 0 : 1) < capacity - 1 ? Create() : null;

    public ProcessRecord GetOther()
    {
        if (Other is null)
        {
            Other = Create();
            Other.Comm = "other";
            Other.Living = 1;
        }

        return Other;
    }

    public void Remove(ProcessRecord record) => _byNumber.Remove(record.Number);

    public void MarkChanged(ProcessRecord record)
    {
        if (!record.Changed)
        {
            record.Changed = true;
            _changed.Add(record);
        }
    }

    public void TakeChanged(ICollection<Process> into, int max)
    {
        var taken = Math.Min(max, _changed.Count);
        for (var i = 0; i < taken; i++)
        {
            var record = _changed[i];
            record.Changed = false;
            if (_byNumber.ContainsKey(record.Number))
            {
                into.Add(record.ToMessage());
            }
        }

        _changed.RemoveRange(0, taken);
    }

    private ProcessRecord Create()
    {
        var record = new ProcessRecord(++_lastNumber);
        _byNumber.Add(record.Number, record);
        return record;
    }
}
