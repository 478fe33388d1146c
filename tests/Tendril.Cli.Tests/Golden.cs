namespace Tendril.Cli.Tests;

/// <summary>Whole screens, compared with golden/NAME.txt. With TENDRIL_UPDATE_GOLDEN set they are written instead: then read the diff.</summary>
internal static class Golden
{
    public static void Equal(string name, string actual)
    {
        var path = Path.Combine(CommandLine.SourceDirectory, "golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("TENDRIL_UPDATE_GOLDEN") is { Length: > 0 })
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
