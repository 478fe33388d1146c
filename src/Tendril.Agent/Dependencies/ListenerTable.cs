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
    private readonly FirstTimes<ulong> _beginnings = new();
    private ulong _nowUs;
    private uint _reading;

    public bool HasChanges => _changed.Count > 0 || _left.Count > 0;

    public IEnumerable<Protocol.Listener> Open => _listeners.Values.Select(listener => listener.ToMessage(listener.IsOpen));

    public IEnumerable<uint> ProcessNumbers => _listeners.Values.Select(listener => listener.ProcessNumber);

    /// <summary>A socket began to listen.</summary>
    public void NoteBeginning(ulong cookie, ulong timeUs) => _beginnings.Note(cookie, timeUs);

    public void Begin(ulong nowUs)
    {
        _nowUs = nowUs;
        _reading++;
    }

    public void Read(in ServiceKey key, in ServiceOwner owner)
    {
        if (!_listeners.TryGetValue(key, out var listener))
        {
            listener = new Listener(key, _beginnings.Take(owner.Cookie, _nowUs), key.Transport == UnixSockets.Transport ? paths.Find(key.Address) : "");
            _listeners.Add(key, listener);
        }

        listener.Reading = _reading;
        // A socket that its owner's death did not close belongs to a process that inherited it; the capture finds which. One that ran
        // another program since (exec) is looked at anew.
        if (listener.Cookie == owner.Cookie && listener.Pid == owner.Pid && listener.IsOpen && !processes.HasBecomeAnother(owner.Pid, owner.Start, listener.ProcessNumber))
        {
            return;
        }

        if (listener.Pid != 0 && listener.Cookie != owner.Cookie)
        {
            listener.SinceUs = _beginnings.Take(owner.Cookie, _nowUs);
        }

        // The same socket, somebody else's: it was so all along, as far as the graph is concerned. The former lets go of it.
        if (listener.IsOpen)
        {
            _left.Add(listener.ToMessage(open: false));
        }

        listener.Cookie = owner.Cookie;
        listener.Pid = owner.Pid;
        listener.IsOpen = true;
        listener.ProcessNumber = processes.Observe(owner.Pid, owner.Comm, owner.CgroupId, key.NetnsCookie, owner.Start);
        processes.MarkListening(listener.ProcessNumber);
        MarkChanged(listener);
    }

    /// <summary>The reading is complete: what it did not mention is closed.</summary>
    public void End()
    {
        foreach (var (key, listener) in _listeners)
        {
            if (listener.Reading != _reading)
            {
                listener.IsOpen = false;
                MarkChanged(listener);
                _closed.Add(key);
            }
        }

        foreach (var key in _closed)
        {
            _listeners.Remove(key);
        }

        _closed.Clear();
    }

    /// <summary>Adds what changed since the last call.</summary>
    public void TakeChanged(ICollection<Protocol.Listener> into)
    {
        foreach (var left in _left)
        {
            into.Add(left);
        }

        _left.Clear();
        foreach (var listener in _changed)
        {
            listener.IsChanged = false;
            into.Add(listener.ToMessage(listener.IsOpen));
        }

        _changed.Clear();
    }

    private void MarkChanged(Listener listener)
    {
        if (!listener.IsChanged)
        {
            listener.IsChanged = true;
            _changed.Add(listener);
        }
    }

    private sealed class Listener(ServiceKey key, ulong sinceUs, string path)
    {
        public ulong SinceUs { get; set; } = sinceUs;

        public ulong Cookie { get; set; }

        public uint Pid { get; set; }

        public uint ProcessNumber { get; set; }

        public uint Reading { get; set; }

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
