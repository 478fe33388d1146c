using System.Text.Json.Nodes;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>
/// How a graph compares with the known one. Every expected fact is found, misnamed, missing, or there with wrong counters (then it is
/// wrong and not found); whatever else the graph has is wrong.
/// </summary>
internal sealed record Score(int Expected, int Found, int Missing, int Wrong, int Misnamed, IReadOnlyList<string> Differences)
{
    public bool IsPerfect => Found == Expected && Wrong == 0;

    public static Score Of(IReadOnlyList<ExpectedFact> expected, JsonNode graph)
    {
        var differences = new List<string>();
        var names = expected.SelectMany(fact => new[] { fact.Client, fact.Server }).ToHashSet();
        var open = expected.ToList();
        var rest = ActualFact.ReadAll(graph).ToList();
        var found = Pair(open, rest, (fact, actual) => fact.IsNamedAs(actual) && fact.CountsAs(actual), (_, _) => null, differences);
        var miscounted = Pair(
            open, rest, (fact, actual) => fact.IsNamedAs(actual), (fact, actual) => $"wrong counters: {actual}, expected {fact}", differences);
        var misnamed = Pair(
            open, rest, (fact, actual) => IsMisnamed(fact, actual, names), (fact, actual) => $"misnamed: {actual}, expected {fact}", differences);
        differences.AddRange(open.Select(fact => $"missing: {fact}"));
        differences.AddRange(rest.Select(actual => $"wrong: {actual}"));
        return new(expected.Count, found, open.Count, rest.Count + miscounted, misnamed, differences);
    }

    // The right edge under another name: same port, same counters, one end right, and the other end a process that is none of the
    // others here. The address of a server whose process is known to be there is not another name: it is another node.
    private static bool IsMisnamed(ExpectedFact fact, ActualFact actual, HashSet<string> names) =>
        fact.IsEdge && fact.Wire == actual.Wire && fact.CountsAs(actual) && actual.HasProcesses
        && ((fact.Client == actual.Client && !names.Contains(actual.Server)) || (fact.Server == actual.Server && !names.Contains(actual.Client)));

    private static int Pair(
        List<ExpectedFact> open, List<ActualFact> rest, Func<ExpectedFact, ActualFact, bool> isPair, Func<ExpectedFact, ActualFact, string?> say,
        List<string> differences)
    {
        var pairs = 0;
        foreach (var fact in open.ToList())
        {
            if (rest.FindIndex(actual => isPair(fact, actual)) is var at and >= 0)
            {
                if (say(fact, rest[at]) is { } difference)
                {
                    differences.Add(difference);
                }

                open.Remove(fact);
                rest.RemoveAt(at);
                pairs++;
            }
        }

        return pairs;
    }
}
