namespace Tendril.Graph;

/// <summary>What the graph was told and did not take, since it began: malformed, or beyond a limit of <see cref="GraphOptions"/>.</summary>
/// <param name="Dependencies">Reports of dependencies.</param>
/// <param name="Processes">Reports of processes.</param>
/// <param name="Listeners">Reports of listeners.</param>
public readonly record struct GraphLosses(long Dependencies, long Processes, long Listeners);
