using System.Globalization;
using SharpFuzz;
using Tendril.Fuzz;

// Run by scripts/fuzz.sh, which says what it does.
const int Usage = 2, Findings = 1;

if (args is ["instrument", var built])
{
    foreach (var assembly in new[] { "tendril-agent.dll", "tendril-operator.dll", "Tendril.Graph.dll", "Tendril.Protocol.dll", "Google.Protobuf.dll", "YamlDotNet.dll" })
    {
        var types = Fuzzer.Instrument(Path.Combine(built, assembly), _ => true, Options.Value).Count();
        Console.WriteLine($"{assembly}: {types} types");
    }

    return 0;
}

// Before anything that is instrumented runs, as it counts wherever this says.
var coverage = new Coverage();
if (args is ["list"])
{
    Console.WriteLine(string.Join('\n', Target.All.Select(target => target.Name)));
    return 0;
}

if (args.Length < 3 || Target.All.FirstOrDefault(target => target.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine("Tendril.Fuzz TARGET CORPUS FOLDER [--inputs N] [--minutes M] [--seed S] [--keep]");
    return Usage;
}

var (corpus, folder, inputs, minutes, seed, keep) = (args[1], args[2], long.MaxValue, TimeSpan.MaxValue, 1, false);
for (var i = 3; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--inputs":
            inputs = long.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--minutes":
            minutes = TimeSpan.FromMinutes(double.Parse(args[++i], CultureInfo.InvariantCulture));
            break;
        case "--seed":
            seed = int.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--keep":
            keep = true;
            break;
        default:
            Console.Error.WriteLine($"'{args[i]}' is not an option");
            return Usage;
    }
}

var run = new Run(target, coverage, folder);
var outcome = run.Go(Corpus.Read(corpus, target).Select(known => known.Input), seed, inputs, minutes);
if (outcome.Edges == 0)
{
    Console.Error.WriteLine("nothing is instrumented, so nothing was found by coverage: scripts/fuzz.sh instruments what it runs");
    return Usage;
}

if (keep)
{
    Corpus.Keep(corpus, target, coverage, run.Known);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"target={target.Name} inputs={outcome.Inputs} seconds={outcome.Time.TotalSeconds:F0} inputs_per_s={outcome.Inputs / outcome.Time.TotalSeconds:F0} edges={outcome.Edges} known={outcome.Known} most_kib={outcome.MostAllocated / 1024} findings={outcome.Findings}"));
return outcome.Findings > 0 ? Findings : 0;
