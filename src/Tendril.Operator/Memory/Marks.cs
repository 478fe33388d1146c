using System.Collections.Immutable;

namespace Tendril.Operator.Memory;

/// <summary>A moment that somebody gave a name, such as a release.</summary>
/// <param name="Name">By which it is known.</param>
/// <param name="At">The moment.</param>
/// <param name="Note">What they said of it; null: nothing.</param>
internal sealed record Mark(string Name, DateTimeOffset At, string? Note);

/// <summary>The marks of all users. Bounded; kept with the graph.</summary>
internal sealed class Marks
{
    public const int Most = 1_000;
    public const int NameLength = 64;
    public const int NoteLength = 1_000;

    private ImmutableSortedDictionary<string, Mark> _marks = ImmutableSortedDictionary<string, Mark>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>By name; another object after each change.</summary>
    public ImmutableSortedDictionary<string, Mark> All => Volatile.Read(ref _marks);

    public void Restore(IEnumerable<Mark> marks) => _marks = _marks.AddRange(marks.Take(Most).Select(mark => KeyValuePair.Create(mark.Name, mark)));

    /// <summary>Sets a mark, in the place of one of that name.</summary>
    /// <returns>False when there are <see cref="Most"/> of other names.</returns>
    public bool Set(Mark mark) => ImmutableInterlocked.Update(
        ref _marks, (marks, set) => marks.Count < Most || marks.ContainsKey(set.Name) ? marks.SetItem(set.Name, set) : marks, mark) || All.ContainsValue(mark);

    /// <returns>False when there is none of that name.</returns>
    public bool Remove(string name) => ImmutableInterlocked.Update(ref _marks, (marks, removed) => marks.Remove(removed), name);
}
