namespace Tendril.Agent.Capture;

/// <summary>
/// Whether connections may be open that have lived for a while, as the counters of one reading after the other tell: only for those is it worth to look at
/// all sockets, which costs by the size of the kernel's table, once in each network namespace.
/// </summary>
internal sealed class OpenDependencies
{
    /// <summary>What one connection carried in less than that is counted soon enough at its end.</summary>
    private const ulong WorthALookNs = 1_500_000_000;

    /// <summary>Where so many dependencies have open connections, some of them are old.</summary>
    private const int Many = 256;

    private const byte Tcp = 6;

    private Dictionary<DependencyKey, ulong> _since = [];
    private Dictionary<DependencyKey, ulong> _before = [];
    private ulong _nowNs;

    /// <summary>A dependency had open connections at each reading for that long: they may be the same.</summary>
    public bool MayBeOld { get; private set; }

    public void Begin(ulong nowNs)
    {
        (_since, _before) = (_before, _since);
        _since.Clear();
        (_nowNs, MayBeOld) = (nowNs, false);
    }

    public void Read(in DependencyKey key, in DependencyCounters counters)
    {
        if (counters.Opened <= counters.Closed || key.Transport != Tcp || _since.Count >= Many)
        {
            return;
        }

        ulong since = _before.GetValueOrDefault(key, _nowNs);
        _since[key] = since;
        MayBeOld |= _nowNs - since >= WorthALookNs || _since.Count >= Many;
    }
}
