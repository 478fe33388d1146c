namespace Tendril.Graph;

/// <summary>A process that listens, or listened, on an endpoint.</summary>
internal sealed class ListenerOwner(ProcessState process)
{
    public ProcessState Process { get; } = process;

    public DateTimeOffset Since { get; set; }

    public bool Open { get; set; }

    public int SeenInReport { get; set; }

    public bool IsOpen => Open && Process.IsAlive;
}

/// <summary>
/// A listening endpoint in a place. Several processes may share it (SO_REUSEPORT, forked workers): it belongs to the one that came
/// last. When nobody is left it goes on belonging to the last owner, until it is reused or forgotten, so that a stopped
/// service keeps its edges and the refused connects to it are told of it.
/// </summary>
internal sealed class ListenerState(Place place, EndpointKey endpoint)
{
    public KeptRow Row;

    private readonly List<ListenerOwner> _owners = new(1);

    public Place Place { get; } = place;

    public EndpointKey Endpoint { get; } = endpoint;

    /// <summary>Unix: where people find it.</summary>
    public string? Path { get; private set; }

    /// <summary>Who it belongs to; null before the first <see cref="Refresh"/>.</summary>
    public ListenerOwner? Owner { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>Who had the same socket until the last <see cref="Refresh"/>, which became another process's; null where it was no handing over.</summary>
    public ProcessState? HandedOverBy { get; private set; }

    /// <summary>When the last owner closed it, in the graph's time.</summary>
    public long ClosedAt { get; set; }

    /// <summary>Dependencies that go to their target through it; it is not forgotten before they are.</summary>
    public int Users { get; set; }

    public IReadOnlyList<ListenerOwner> Owners => _owners;

    public ListenerOwner Report(ProcessState process, in ListenerObservation observation)
    {
        var owner = _owners.Find(known => ReferenceEquals(known.Process, process));
        if (owner is null)
        {
            owner = new ListenerOwner(process);
            _owners.Add(owner);
            process.Listeners.Add(this);
            process.Run.ListenerCount++;
            Row.Touch();
        }

        Path ??= observation.Path;
        if (owner.Since != observation.Since || owner.Open != observation.Open)
            Row.Touch();
        owner.Since = observation.Since;
        owner.Open = observation.Open;
        owner.SeenInReport = process.SeenInReport = process.Run.FullReport;
        return owner;
    }

    /// <summary>Finds out whom it belongs to now and forgets former owners.</summary>
    /// <returns>True when it is another process, or it opened or closed.</returns>
    public bool Refresh(long now)
    {
        var (former, wasOpen) = (Owner, IsOpen);
        var formerProcess = former?.Process;
        Owner = null;
        foreach (var owner in _owners)
        {
            if (Owner is null || IsLater(owner, Owner))
                Owner = owner;
        }

        IsOpen = Owner is { IsOpen: true };
        if (!IsOpen && (wasOpen || ClosedAt == 0))
            ClosedAt = now;
        ForgetFormerOwners();
        HandedOverBy = former is not null && Owner is { IsOpen: true } && !ReferenceEquals(former.Process, Owner.Process) && former.Since == Owner.Since
            ? former.Process
            : null;
        if (ReferenceEquals(formerProcess, Owner?.Process) && wasOpen == IsOpen)
            return false;

        Row.Touch();
        return true;
    }

    /// <summary>Takes it from a process whose run is folded away.</summary>
    public void Remove(ProcessState process)
    {
        for (var i = _owners.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_owners[i].Process, process))
                RemoveAt(i);
        }
    }

    private static bool IsLater(ListenerOwner one, ListenerOwner other) =>
        (one.IsOpen, one.Process.Run.StartMicros, one.Since, one.Process.Number)
            .CompareTo((other.IsOpen, other.Process.Run.StartMicros, other.Since, other.Process.Number)) > 0;

    private void ForgetFormerOwners()
    {
        for (var i = _owners.Count - 1; i >= 0; i--)
        {
            if (!_owners[i].IsOpen && !ReferenceEquals(_owners[i], Owner))
                RemoveAt(i);
        }
    }

    private void RemoveAt(int index)
    {
        var process = _owners[index].Process;
        process.Listeners.Remove(this);
        process.Run.ListenerCount--;
        Row.Touch();
        _owners.RemoveAt(index);
    }
}
