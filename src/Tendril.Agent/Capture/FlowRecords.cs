using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>The programs' records of open connections, by socket cookie.</summary>
internal sealed class FlowRecords(KernelPrograms programs)
{
    private readonly BpfMap<uint, Flow> _slots = programs.Object.Map<uint, Flow>("cookie_map");
    private readonly BpfMap<ulong, Flow> _flows = programs.Object.Map<ulong, Flow>("flow_map");

    /// <summary>Whether a connection is followed: in its slot, or beside it.</summary>
    public bool Contain(ulong cookie) =>
        (_slots.TryGet((uint)cookie & programs.Config.FlowMask, out var flow) && flow.Cookie == cookie) || _flows.TryGet(cookie, out _);
}
