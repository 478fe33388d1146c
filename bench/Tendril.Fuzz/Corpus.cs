namespace Tendril.Fuzz;

/// <summary>
/// The inputs that are kept of a target, in a folder of its name: files that people made or that were findings, each an input, and
/// <see cref="Reached"/>, the few that runs found to reach every branch that any reached, a line of base64 each.
/// </summary>
internal static class Corpus
{
    public const string Reached = "reached.base64";

    /// <summary>Each with a name for people. Empty where there is no folder.</summary>
    public static IEnumerable<(string Name, byte[] Input)> Read(string folder, Target target)
    {
        var own = Path.Combine(folder, target.Name);
        if (!Directory.Exists(own))
        {
            yield break;
        }

        foreach (var file in Directory.EnumerateFiles(own).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) != Reached)
            {
                yield return (Path.GetFileName(file), File.ReadAllBytes(file));
                continue;
            }

            var line = 0;
            foreach (var text in File.ReadLines(file))
            {
                yield return ($"{Reached}:{++line}", Convert.FromBase64String(text));
            }
        }
    }

    /// <summary>Keeps the smallest inputs that reach, together with the files, what all of them reach.</summary>
    public static void Keep(string folder, Target target, Coverage coverage, IEnumerable<byte[]> inputs)
    {
        var files = Read(folder, target).Where(known => !known.Name.StartsWith(Reached, StringComparison.Ordinal)).Select(known => known.Input).ToList();
        coverage.Forget();
        foreach (var input in files)
        {
            coverage.Reaches(target, input);
        }

        var kept = inputs.OrderBy(input => input.Length).Where(input => coverage.Reaches(target, input)).Select(Convert.ToBase64String);
        File.WriteAllLines(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName, Reached), kept);
    }
}
