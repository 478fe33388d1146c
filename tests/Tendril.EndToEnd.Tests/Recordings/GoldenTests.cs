namespace Tendril.EndToEnd.Tests.Recordings;

/// <summary>The recordings in tests/recordings, each with its graph. Neither rights nor a kernel with BPF are needed.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Cases => [.. Directory.EnumerateDirectories(Replay.Recordings).Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_kept_recording_gives_its_golden_graph(string name)
    {
        var directory = Path.Combine(Replay.Recordings, name);
        var expected = await File.ReadAllTextAsync(Path.Combine(directory, Replay.Graph), TestContext.Current.CancellationToken);

        await Replay.ShowsAsync(Path.Combine(directory, Replay.Events), expected.TrimEnd());
    }
}
