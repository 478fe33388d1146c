namespace Tendril.Graph;

/// <summary>What can be said of a graph as a whole.</summary>
public static class DependencyAnalyzer
{
    /// <summary>All nodes that depend on <paramref name="nodeId"/>, directly or through others: what breaks if it stops. Not the node itself unless it is in a cycle.</summary>
    public static IReadOnlySet<string> Dependents(GraphSnapshot graph, string nodeId) => throw new NotImplementedException();

    /// <summary>All nodes that <paramref name="nodeId"/> depends on, directly or through others.</summary>
    public static IReadOnlySet<string> Dependencies(GraphSnapshot graph, string nodeId) => throw new NotImplementedException();

    /// <summary>Groups of two or more services that depend on each other in a circle, and services that call themselves.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Cycles(GraphSnapshot graph) => throw new NotImplementedException();
}
