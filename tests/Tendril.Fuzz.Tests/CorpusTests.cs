using System.Reflection;

namespace Tendril.Fuzz.Tests;

/// <summary>What was ever found stays fixed: the corpora, where every finding's input is, go through their targets again, and so do some inputs made of them.</summary>
public sealed class CorpusTests
{
    private static readonly string Folder = typeof(CorpusTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "Corpus").Value!;

    public static TheoryData<string> Names => [.. Target.All.Select(target => target.Name)];

    [Fact]
    public void Every_corpus_is_a_targets() =>
        Assert.Equal(Names.Select(row => row.Data).Order(), Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Everything_that_is_kept_is_taken_or_refused_as_documented(string name)
    {
        var target = Find(name);
        var kept = Corpus.Read(Folder, target).ToList();
        Assert.True(kept.Count >= 2);
        Assert.All(kept, input => target.Try(input.Input));
    }

    // By the same random numbers each time, and without what coverage would add: the long runs are scripts/fuzz.sh.
    [Theory]
    [MemberData(nameof(Names))]
    public void So_are_inputs_made_of_it(string name)
    {
        const int Inputs = 2_000;
        var target = Find(name);
        var mutator = new Mutator(target, seed: 2026);
        var known = Corpus.Read(Folder, target).Select(input => input.Input).ToList();
        for (var i = 0; i < Inputs; i++)
        {
            var input = mutator.Next(known);
            try
            {
                target.Try(input);
            }
            catch (Exception fault)
            {
                Assert.Fail($"{Convert.ToBase64String(input)}: {fault}");
            }
        }
    }

    [Fact]
    public void A_finding_is_found_and_made_small()
    {
        var folder = Directory.CreateTempSubdirectory("tendril-fuzz-").FullName;
        try
        {
            var target = new Target("fussy", 64, input => Target.Hold(input.IndexOf((byte)'x') < 0), "x");

            var outcome = new Run(target, new Coverage(), folder).Go(["hello"u8.ToArray()], seed: 1, inputs: 1_000, TimeSpan.MaxValue);

            Assert.Equal((1_000, 1), (outcome.Inputs, outcome.Findings));
            Assert.Equal("x"u8.ToArray(), File.ReadAllBytes(Path.Combine(folder, "findings", "fussy", "1")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Target Find(string name) => Target.All.Single(target => target.Name == name);
}
