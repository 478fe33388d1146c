using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Tendril.Operator.Naming;

/// <summary>What a network namespace is known by; of several the one of the least rank counts.</summary>
internal sealed record NamespaceMark(ulong NetworkNamespace, int Rank, string Mark);

/// <summary>
/// What tells a host's network namespaces apart inside node ids. Their cookies and inodes are others after a reboot, or when a namespace is
/// made anew, so they are known by a name that somebody gave them, else by who lives in them. Namespaces without either have one mark
/// together: what looks the same in two of them is one node.
/// </summary>
internal sealed class NamespaceMarks
{
    private const string Nameless = "netns";
    private const int MaxNamespaces = 4096;

    private readonly ConcurrentDictionary<ulong, (int Rank, string Mark)> _marks = new();

    /// <summary>The mark for a process that nothing but its namespace tells from the host's own.</summary>
    public static string Of(ProcessFacts process) => process.Label("netns") is { } name ? $"netns-{ServiceNaming.Clean(name)}" : Nameless;

    /// <summary>The mark for an address.</summary>
    public string MarkOf(ulong networkNamespace) => _marks.TryGetValue(networkNamespace, out var known) ? known.Mark : Nameless;

    /// <summary>A process was met in a namespace. Of several the least mark counts, so that it does not matter who was met first.</summary>
    /// <param name="serviceId">Of the process's container or unit; null when it is known by its program alone.</param>
    public void Learn(ProcessFacts process, string? serviceId)
    {
        (int Rank, string Mark) mark = process.Label("netns") is not null ? (0, Of(process)) : serviceId is not null ? (1, serviceId) : (2, Nameless);
        if (_marks.Count >= MaxNamespaces && !_marks.ContainsKey(process.NetworkNamespace))
        {
            _marks.Clear();
        }

        _marks.AddOrUpdate(process.NetworkNamespace, mark, (_, known) => IsBefore(mark, known) ? mark : known);
    }

    /// <summary>What is known, to be kept.</summary>
    public ImmutableArray<NamespaceMark> All =>
        [.. _marks.Select(mark => new NamespaceMark(mark.Key, mark.Value.Rank, mark.Value.Mark)).OrderBy(mark => mark.NetworkNamespace)];

    public void Restore(IEnumerable<NamespaceMark> marks)
    {
        foreach (var mark in marks.Take(MaxNamespaces))
        {
            _marks[mark.NetworkNamespace] = (mark.Rank, mark.Mark);
        }
    }

    private static bool IsBefore((int Rank, string Mark) one, (int Rank, string Mark) other) =>
        one.Rank != other.Rank ? one.Rank < other.Rank : string.CompareOrdinal(one.Mark, other.Mark) < 0;
}
