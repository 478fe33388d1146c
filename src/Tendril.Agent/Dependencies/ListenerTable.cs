using Tendril.Agent.Capture;
using Tendril.Agent.Identity;

namespace Tendril.Agent.Dependencies;

/// <summary>Who listens where, as the last reading told. Owned by the capture loop's thread.</summary>
internal sealed class ListenerTable(ProcessTable processes, UnixPaths paths)
{
    private readonly Dictionary<ServiceKey, Listener> _listeners = [];
    private readonly List<ServiceKey> _closed = [];
    private readonly List<Listener> _changed = [];
    private readonly List<Protocol.Listener> _left = [];

    // While there is no operator; the full report that it gets then has all that is open.
    private const int MaxLeft = 4096;
    private readonly Dictionary<ulong, Beginning> _begun = [];
    private ReadingTime _now;
    private uint _reading;

    public bool HasChanges => _changed.Count > 0 || _left.Count > 0;

    /// <summary>Listeners that came and went between two reports and are not told of, cumulative: there were too many.</summary>
    public ulong Untold { get; private set; }

    /// <summary>Somebody began to listen, and no report has said so yet.</summary>
    public bool HasUntold { get; private set; }

    public IEnumerable<Protocol.Listener> Open => _listeners.Values.Select(listener => listener.ToMessage(listener.IsOpen));

    public IEnumerable<uint> ProcessNumbers => _listeners.Values.Select(listener => listener.ProcessNumber);

    /// <summary>A socket began to listen. Should it be closed before the next reading, it is told of all the same: what was connected to it was meant for it.</summary>
    public void NoteBeginning(in ServiceKey key, ulong cookie, uint processNumber, ulong timeUs)
    {
        if (_begun.Count < MaxLeft)
        {
            _begun[cookie] = new Beginning(key, processNumber, timeUs);
        }
        else
        {
            Untold++;
        }
    }

    public void Begin(ReadingTime now)
    {
        _now = now;
        _reading++;
    }

    public void Read(in ServiceKey key, in ServiceOwner owner)
    {
        if (!_listeners.TryGetValue(key, out var listener))
        {
            listener = new Listener(key, SinceOf(owner), key.Transport == UnixSockets.Transport ? paths.Find(key.Address) : "");
            _listeners.Add(key, listener);
        }

        _begun.Remove(owner.Cookie);
        listener.Reading = _reading;
        listener.Sockets = owner.Sockets;
        // A socket that its owner's death did not close belongs to a process that inherited it; the capture finds which. One that ran
        // another program since (exec) is looked at anew.
        if (listener.Cookie == owner.Cookie && listener.Pid == owner.Pid && listener.IsOpen && !processes.HasBecomeAnother(owner.Pid, owner.Start, listener.ProcessNumber))
        {
            return;
        }

        // The former lets go of it; where the socket is the same, its time stays: it was somebody else's all along.
        if (listener.IsOpen)
        {
            Leave(listener);
        }

        if (listener.Pid != 0 && listener.Cookie != owner.Cookie)
        {
            listener.SinceUs = SinceOf(owner);
        }

        listener.Cookie = owner.Cookie;
        listener.Pid = owner.Pid;
        listener.IsOpen = true;
        listener.ProcessNumber = processes.Observe(owner.Pid, owner.Comm, owner.CgroupId, key.NetnsCookie, owner.Start);
        processes.MarkListening(listener.ProcessNumber);
        MarkChanged(listener);
        HasUntold = true;
    }

    /// <summary>The reading is complete: what it did not mention is closed.</summary>
    public void End()
    {
        foreach (var (key, listener) in _listeners)
        {
            if (listener.Reading != _reading)
            {
                Leave(listener);
                listener.IsOpen = false;
                _closed.Add(key);
            }
        }

        foreach (var key in _closed)
        {
            _listeners.Remove(key);
        }

        _closed.Clear();
        foreach (var beginning in _begun.Values)
        {
            TellGone(beginning);
        }

        _begun.Clear();
    }

    /// <summary>Adds what changed since the last call.</summary>
    public void TakeChanged(ICollection<Protocol.Listener> into)
    {
        foreach (var left in _left)
        {
            into.Add(left);
        }

        HasUntold = false;
        _left.Clear();
        foreach (var listener in _changed)
        {
            listener.IsChanged = false;
            if (listener.IsOpen)
            {
                into.Add(listener.ToMessage(open: true));
            }
        }

        _changed.Clear();
    }

    // Nobody tells it of a Unix socket.
    private ulong SinceOf(in ServiceOwner owner) => owner.SinceNs == 0 ? _now.Micros : _now.ToMicros(owner.SinceNs);

    // Told in full also when it came and went between two reports: what was counted meanwhile was meant for it.
    private void Leave(Listener listener)
    {
        if (_left.Count >= MaxLeft)
        {
            // One that was told of is missing from the next full report, which says the same.
            Untold += listener.IsChanged ? 1UL : 0;
            return;
        }

        if (listener.IsChanged)
        {
            _left.Add(listener.ToMessage(open: true));
        }

        _left.Add(listener.ToMessage(open: false));
    }

    // Of several sockets on an endpoint a reading has only the newest: the others may be open.
    private void TellGone(in Beginning beginning)
    {
        if (_listeners.TryGetValue(beginning.Key, out var present) && (present.ProcessNumber == beginning.ProcessNumber || present.Sockets > 1))
        {
            return;
        }

        if (_left.Count >= MaxLeft)
        {
            Untold++;
            return;
        }

        processes.MarkListening(beginning.ProcessNumber);
        var gone = new Listener(beginning.Key, beginning.SinceUs, "") { ProcessNumber = beginning.ProcessNumber };
        _left.Add(gone.ToMessage(open: true));
        _left.Add(gone.ToMessage(open: false));
    }

    private void MarkChanged(Listener listener)
    {
        if (!listener.IsChanged)
        {
            listener.IsChanged = true;
            _changed.Add(listener);
        }
    }

    private readonly record struct Beginning(ServiceKey Key, uint ProcessNumber, ulong SinceUs);

    private sealed class Listener(ServiceKey key, ulong sinceUs, string path)
    {
        public ulong SinceUs { get; set; } = sinceUs;

        public ulong Cookie { get; set; }

        public uint Pid { get; set; }

        public uint ProcessNumber { get; set; }

        public uint Reading { get; set; }

        /// <summary>Open on this endpoint at the last reading.</summary>
        public uint Sockets { get; set; }

        public bool IsOpen { get; set; }

        public bool IsChanged { get; set; }

        public Protocol.Listener ToMessage(bool open) => new()
        {
            NetworkNamespace = key.NetnsCookie,
            Address = DependencyState.Bytes(key.Address),
            Port = key.Port,
            Path = path,
            Transport = (Protocol.Transport)key.Transport,
            ProcessNumber = ProcessNumber,
            Open = open,
            SinceUs = SinceUs,
        };
    }
}
