using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// Brings what open connections carried up to date (bpf/open.bpf.c), at a cost that grows with the number of those, in the namespaces that have any.
/// Needs no BTF, and a kernel from 5.12.
/// </summary>
internal sealed class OpenConnections : IDisposable
{
    public const string CapabilityName = "open connections";

    /// <summary>What is lost without.</summary>
    public const string Cost = "bytes of open connections are counted at their end";

    /// <summary>What a younger one carried is counted soon enough at its end.</summary>
    private const ulong OldNs = 1_000_000_000;

    /// <summary>The namespaces' paths are looked for again after so many looks, as processes come and go.</summary>
    private const int LooksBetweenLists = 12;

    private readonly uint _slots;
    private readonly NamespaceSource _source;
    private readonly BpfMap<ulong, Flow> _flows;
    private readonly BpfMapBuffer<ulong, Flow> _flowBuffer = new();
    private readonly HashSet<ulong> _lookedFor = [];
    private List<(string Path, ulong Id)> _namespaces = [];
    private int _looks;

    private OpenConnections(BpfObject loaded, KernelPrograms core)
    {
        Object = loaded;
        _slots = core.Config.FlowMask + 1;
        _source = core.Config.NamespaceSource;
        _flows = core.Object.Map<ulong, Flow>("flow_map");
    }

    public BpfObject Object { get; }

    /// <param name="core">The attached programs, whose maps it reads and adds to.</param>
    /// <exception cref="BpfException">This kernel cannot.</exception>
    public static OpenConnections Load(KernelPrograms core)
    {
        if (core.IsWithoutCompareAndSwap)
        {
            throw new BpfException("this kernel has no compare-and-swap (5.12)", 0);
        }

        var opened = core.OpenBeside("open");
        try
        {
            opened.Load();
            var open = new OpenConnections(opened, core);
            // Once for nothing: a kernel that loads the programs and does not run them is told of now.
            opened.Run("look_at_flows", times: 1);
            return open;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private ref Look Look => ref Object.Globals<Look>(".bss");

    /// <summary>Adds what connections of more than a second carried since the last look to their counters.</summary>
    /// <param name="namespaces">Where there are open connections.</param>
    /// <returns>False where the sockets of some connections were not found, such as those that are bound to an interface.</returns>
    public bool Count(IReadOnlySet<ulong> namespaces)
    {
        if (_looks++ % LooksBetweenLists == 0 || !_lookedFor.IsSupersetOf(namespaces))
        {
            _namespaces = NetworkNamespaces.Find(_source);
            _lookedFor.Clear();
            _lookedFor.UnionWith(namespaces);
        }

        ulong before = MonotonicClock.Nanoseconds() - OldNs;
        _flows.ReadAll(_flowBuffer);
        bool all = true;
        for (int i = 0; i < _namespaces.Count; i++)
        {
            var (path, id) = _namespaces[i];
            if (!namespaces.Contains(id))
            {
                continue;
            }

            if (i == 0)
            {
                all &= CountIn(id, before);
            }
            else
            {
                // The process may have ended since, and another one in another namespace may have its number.
                NetworkNamespaces.Run(path, () => all &= CountIn(NetworkNamespaces.Own(_source), before));
            }
        }

        return all;
    }

    public void Dispose() => Object.Dispose();

    private bool CountIn(ulong id, ulong before)
    {
        ref var look = ref Look;
        (look.NetnsCookie, look.BeforeNs, look.NextSlot, look.Unfound) = (id, before, 0, 0);
        while (look.NextSlot < _slots)
        {
            Object.Run("look_at_slots", (int)((_slots - look.NextSlot + CookieList.Length - 1) / CookieList.Length));
        }

        int count = 0;
        for (int i = 0; i < _flowBuffer.Count; i++)
        {
            if (_flowBuffer.Value(i).Key.NetnsCookie == id)
            {
                look.Cookies[count++] = _flowBuffer.Key(i);
            }

            if (count == CookieList.Length || (count > 0 && i == _flowBuffer.Count - 1))
            {
                ((Span<ulong>)look.Cookies)[count..].Clear();
                Object.Run("look_at_flows", times: 1);
                count = 0;
            }
        }

        return look.Unfound == 0;
    }
}
