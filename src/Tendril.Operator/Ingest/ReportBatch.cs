using Tendril.Graph;
using Tendril.Operator.Naming;
using Tendril.Protocol;

namespace Tendril.Operator.Ingest;

/// <summary>A report, checked and in the graph's own terms: all that can be done before the single writer has it.</summary>
internal sealed record ReportBatch(ulong Sequence, bool FullBegin, bool FullEnd)
{
    public List<ProcessFacts> Processes { get; } = [];

    public List<ListenerObservation> Listeners { get; } = [];

    public List<DependencyObservation> Dependencies { get; } = [];

    public Losses? Losses { get; set; }

    public AgentSelfCheck? SelfCheck { get; set; }

    public List<AgentWire> Wire { get; } = [];

    public List<AgentProgram> Programs { get; } = [];

    /// <summary>True when it may change the graph's shape and not only its numbers, so people should see it soon.</summary>
    public bool HasNews { get; set; }
}
