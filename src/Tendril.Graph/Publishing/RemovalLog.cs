using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>What left with one version.</summary>
internal sealed record Removals(long Version, ImmutableArray<string> Nodes, ImmutableArray<string> Edges)
{
    public int Count => Nodes.Length + Edges.Length;
}

/// <summary>What left the graph lately, bounded: who asks for changes since before that needs a snapshot. Immutable.</summary>
/// <param name="CompleteSince">Removals of all versions after this one are here.</param>
internal sealed record RemovalLog(ImmutableArray<Removals> Versions, long CompleteSince)
{
    private const int MaxVersions = 512;
    private const int MaxIds = 100_000;

    public static RemovalLog Empty { get; } = new([], 0);

    public RemovalLog With(Removals removals)
    {
        if (removals.Count == 0)
            return this;

        var versions = Versions.Add(removals);
        var (dropped, ids) = (0, versions.Sum(version => version.Count));
        while (dropped < versions.Length && (versions.Length - dropped > MaxVersions || ids > MaxIds))
            ids -= versions[dropped++].Count;
        return dropped == 0
            ? this with { Versions = versions }
            : new RemovalLog(versions.RemoveRange(0, dropped), versions[dropped - 1].Version);
    }
}
