using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>
/// The processes and listening endpoints of one agent run, and the service that each process belongs to. Owned by the
/// graph's writer. Processes that are one service although only one of them listens (forked workers, helpers in a
/// container) take the listening one's name.
/// </summary>
internal sealed class HostProcesses(HostFacts host, ServiceNaming naming, int maxProcesses)
{
    private readonly Dictionary<uint, Entry> _byNumber = [];
    private readonly Dictionary<string, HashSet<Entry>> _groups = [];
    private readonly Dictionary<ListenerKey, int> _listeners = [];
    private readonly Dictionary<PlaceKey, HashSet<ListenerKey>> _places = [];
    private readonly HashSet<string> _unnamedGroups = [];
    private readonly Queue<uint> _dead = [];

    /// <summary>Endpoints that were closed in this report, by whom, and since when they had been open.</summary>
    private readonly Dictionary<(PlaceKey Place, NetAddress Address), (uint ProcessNumber, DateTimeOffset Since)> _left = [];
    private int _epoch;

    public HostFacts Host => host;

    /// <summary>False when there is no room for another process: all are alive.</summary>
    public bool Add(ProcessFacts facts)
    {
        if (_byNumber.TryGetValue(facts.Number, out var entry))
        {
            Leave(entry);
        }
        else if (_byNumber.Count < maxProcesses || ForgetOneDead())
        {
            _byNumber[facts.Number] = entry = new Entry();
        }
        else
        {
            return false;
        }

        entry.Take(facts);
        entry.Epoch = _epoch;
        entry.Group = GroupOf(facts);
        Join(entry);
        if (!facts.Alive)
        {
            _dead.Enqueue(facts.Number);
        }

        return true;
    }

    /// <summary>False when there is no room for another listener.</summary>
    public bool Add(in ListenerObservation listener)
    {
        var key = new ListenerKey(new(listener.NetworkNamespace, listener.Port, listener.Transport), listener.Address, listener.ProcessNumber);
        if (!listener.Open)
        {
            Remove(key);
            _left[(key.Place, key.Address)] = (key.ProcessNumber, listener.Since);
            return true;
        }

        NoticeHandingOver(key, listener.Since);

        if (_listeners.Count >= maxProcesses && !_listeners.ContainsKey(key))
        {
            return false;
        }

        if (_listeners.TryAdd(key, _epoch))
        {
            (_places.TryGetValue(key.Place, out var keys) ? keys : _places[key.Place] = []).Add(key);
            MarkUnnamed(key.ProcessNumber);
        }

        _listeners[key] = _epoch;
        return true;
    }

    // The same socket is another process's: the former is not to be called after a port that it only held for somebody.
    private void NoticeHandingOver(in ListenerKey key, DateTimeOffset since)
    {
        if (_left.Remove((key.Place, key.Address), out var left) && left.Since == since && left.ProcessNumber != key.ProcessNumber
            && _byNumber.TryGetValue(left.ProcessNumber, out var giver))
        {
            giver.Forget(new(key.Address, key.Place.Port, key.Place.Transport));
            _unnamedGroups.Add(giver.Group);
        }
    }

    /// <summary>What is not added again until <see cref="EndFull"/> is no longer there.</summary>
    public void BeginFull() => _epoch++;

    public void EndFull()
    {
        foreach (var key in _listeners.Where(pair => pair.Value != _epoch).Select(pair => pair.Key).ToList())
        {
            Remove(key);
        }

        foreach (var (number, entry) in _byNumber.Where(pair => pair.Value.Epoch != _epoch).ToList())
        {
            Leave(entry);
            _byNumber.Remove(number);
        }
    }

    /// <summary>Names all whose group changed, and gives the processes whose record or service is not what it was.</summary>
    public IEnumerable<ProcessObservation> TakeChanges()
    {
        var listens = ListensByProcess();
        foreach (var group in _unnamedGroups)
        {
            if (!_groups.TryGetValue(group, out var members))
            {
                continue;
            }

            ServiceGroup.Name(host, naming, members, listens);
            foreach (var entry in members.Where(entry => entry.Changed))
            {
                entry.Changed = false;
                var f = entry.Facts;
                yield return new(f.Number, f.Pid, f.StartTime, f.Comm, f.Exe, f.Alive, entry.Service!);
            }
        }

        _unnamedGroups.Clear();
        _left.Clear();
    }

    /// <summary>The service of a process; null when it is not known.</summary>
    public ServiceIdentity? ServiceOf(uint number) => _byNumber.GetValueOrDefault(number)?.Service;

    /// <summary>Who listens at an address now; an exact address beats "any address".</summary>
    public ServiceIdentity? ServiceAt(ulong networkNamespace, NetAddress address, ushort port, Transport transport)
    {
        if (!_places.TryGetValue(new(networkNamespace, port, transport), out var keys))
        {
            return null;
        }

        var number = keys.Where(key => key.Address == address).Concat(keys.Where(key => key.Address.IsUnspecified))
            .Select(key => key.ProcessNumber).FirstOrDefault();
        return number == 0 ? null : ServiceOf(number);
    }

    private ILookup<uint, ListeningEndpoint> ListensByProcess() =>
        _unnamedGroups.Count == 0 ? Enumerable.Empty<uint>().ToLookup(n => n, _ => default(ListeningEndpoint))
            : _listeners.Keys.ToLookup(key => key.ProcessNumber, key => new ListeningEndpoint(key.Address, key.Place.Port, key.Place.Transport));

    /// <summary>One container is one service. Elsewhere the same executable in the same cgroup and namespace may be forks of each other.</summary>
    private static string GroupOf(ProcessFacts facts) =>
        CgroupPath.Parse(facts.Cgroup).ContainerId ?? $"{facts.NetworkNamespace}\n{facts.Cgroup}\n{facts.Exe}\n{(facts.Exe.Length == 0 ? facts.Comm : "")}";

    private void Join(Entry entry)
    {
        (_groups.TryGetValue(entry.Group, out var members) ? members : _groups[entry.Group] = []).Add(entry);
        _unnamedGroups.Add(entry.Group);
    }

    private void Leave(Entry entry)
    {
        if (_groups.TryGetValue(entry.Group, out var members) && members.Remove(entry))
        {
            _unnamedGroups.Add(entry.Group);
            if (members.Count == 0)
            {
                _groups.Remove(entry.Group);
            }
        }
    }

    private void Remove(ListenerKey key)
    {
        if (_listeners.Remove(key) && _places.TryGetValue(key.Place, out var keys) && keys.Remove(key))
        {
            if (keys.Count == 0)
            {
                _places.Remove(key.Place);
            }

            // It may have come and gone within one report.
            if (_byNumber.TryGetValue(key.ProcessNumber, out var entry))
            {
                entry.NoteClosed(new(key.Address, key.Place.Port, key.Place.Transport));
            }

            MarkUnnamed(key.ProcessNumber);
        }
    }

    private void MarkUnnamed(uint number)
    {
        if (_byNumber.TryGetValue(number, out var entry))
        {
            _unnamedGroups.Add(entry.Group);
        }
    }

    private bool ForgetOneDead()
    {
        while (_dead.TryDequeue(out var number))
        {
            if (_byNumber.TryGetValue(number, out var entry) && !entry.Facts.Alive)
            {
                Leave(entry);
                return _byNumber.Remove(number);
            }
        }

        return false;
    }

    /// <summary>A process and the service it was last said to belong to.</summary>
    internal sealed class Entry
    {
        /// <summary>More endpoints than this of one process are not remembered.</summary>
        private const int MaxRemembered = 64;

        private IReadOnlyList<ListeningEndpoint> _listens = [];

        public ProcessFacts Facts { get; private set; } = null!;

        public string Group { get; set; } = "";

        public int Epoch { get; set; }

        public bool Changed { get; set; } = true;

        public ServiceIdentity? Service { get; private set; }

        public void Take(ProcessFacts facts)
        {
            Changed |= Facts is null || !Facts.IsSame(facts);
            // Another program in the same process (exec) does not inherit the name.
            _listens = Facts?.Exe == facts.Exe ? _listens : [];
            Facts = facts;
        }

        /// <summary>
        /// What the process is named by: what it listens on, or, when it listens no longer, what it last listened on. A server that stops
        /// keeps its name, or the connects it then refuses would be told of another node.
        /// </summary>
        public IReadOnlyList<ListeningEndpoint> Remember(IEnumerable<ListeningEndpoint> listens)
        {
            var open = listens.ToList();
            if (open.Count == 0)
            {
                return _listens;
            }

            _listens = open.Count <= MaxRemembered ? open : [.. open.OrderBy(endpoint => endpoint.Rank).Take(MaxRemembered)];
            return open;
        }

        /// <summary>It listened there; what it is named by, if nobody saw it listening anywhere.</summary>
        public void NoteClosed(ListeningEndpoint endpoint)
        {
            if (_listens.Count == 0)
            {
                _listens = [endpoint];
            }
        }

        /// <summary>It did not serve there after all.</summary>
        public void Forget(ListeningEndpoint endpoint) => _listens = [.. _listens.Where(known => known != endpoint)];

        public void Assign(ServiceIdentity service)
        {
            // A record compares its tags by reference, so the parts are compared here.
            if (Service is null || Service with { Tags = service.Tags } != service || !Service.Tags.SequenceEqual(service.Tags))
            {
                Service = service;
                Changed = true;
            }
        }
    }

    private readonly record struct PlaceKey(ulong NetworkNamespace, ushort Port, Transport Transport);

    private readonly record struct ListenerKey(PlaceKey Place, NetAddress Address, uint ProcessNumber);
}
