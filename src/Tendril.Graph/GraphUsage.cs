namespace Tendril.Graph;

/// <summary>How much of its limits a graph uses, and what was beyond them. Immutable.</summary>
/// <param name="Edges">Against <see cref="GraphOptions.MaxEdges"/>.</param>
/// <param name="FoldedDependencies">Dependencies whose edge was folded into "other", since the graph began.</param>
/// <param name="External">Outside addresses with a node of their own, against <see cref="GraphOptions.MaxExternal"/>.</param>
/// <param name="FoldedAddresses">Outside addresses that were folded into one node; counted up to 65,536.</param>
/// <param name="Addresses">Of the service that calls most addresses without a name, or is called by most, against <see cref="GraphOptions.MaxAddressesPerService"/>.</param>
/// <param name="FoldedOfServices">Dependencies that were folded into a service's "other addresses" or "other clients" here, since the graph began; not those that an agent folded.</param>
/// <param name="Dependencies">Against <see cref="GraphOptions.MaxDependencies"/>.</param>
/// <param name="Processes">Of the agent run that has most, against <see cref="GraphOptions.MaxProcessesPerRun"/>.</param>
public sealed record GraphUsage(int Edges, long FoldedDependencies, int External, int FoldedAddresses, int Addresses, long FoldedOfServices, int Dependencies, int Processes)
{
    internal static GraphUsage None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);
}
