using Tendril.Protocol;

namespace Tendril.Agent.Export;

/// <summary>
/// What the stream pulls. Implemented by the owner of the tables.
/// <para>
/// Threads: every method is called on the stream's task, one at a time, while the capture thread goes on counting. So what is handed
/// over is built under the owner's own rules, and from then on the owner leaves it alone until the stream asks for the next one:
/// by then it has been serialised, and the same object may be cleared and filled again.
/// </para>
/// The stream writes <c>sequence</c>, <c>time_us</c>, <c>full_begin</c> and <c>full_end</c>; the rest is the owner's. No report should
/// be larger than <see cref="ReportPacker.MaxBytes"/>.
/// </summary>
internal abstract class Reports
{
    /// <summary>
    /// Everything there is, in as many reports as it takes, read to the end unless the connection breaks. What changes while it is
    /// read may be in it or in the next changes; counters are cumulative, so both is right too. Never called while an earlier one is
    /// read. What had been handed over before counts as not delivered.
    /// </summary>
    public abstract IEnumerable<Report> Full();

    /// <summary>
    /// What changed since it was last handed over by this method or by <see cref="Full"/>, at most one report's worth; null when
    /// nothing is left. Called until null about once every counter interval.
    /// </summary>
    public abstract Report? NextChanges();

    /// <summary>Everything up to this sequence is in the operator's graph.</summary>
    public virtual void Acknowledged(ulong sequence)
    {
    }

    /// <summary>How many flow events a second the operator wants; null: no operator, so as the options say.</summary>
    public virtual void FlowEventBudget(uint? eventsPerSecond)
    {
    }
}
