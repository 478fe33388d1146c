namespace Tendril.Truth.Tests.Identity;

/// <summary>
/// A file where a container runtime would have it, gone with every directory that was made for it when the scenario ends. One that is there
/// already is left alone.
/// </summary>
internal sealed class RuntimeFile : IAsyncDisposable
{
    // Of all scenarios, as two that run at once may need the same: the last one removes it.
    private static readonly HashSet<string> Made = [];

    private readonly string _path;

    public RuntimeFile(string path, string text)
    {
        Assert.SkipWhen(Path.Exists(path), $"{path} is somebody's here");
        _path = path;
        lock (Made)
        {
            for (var each = Path.GetDirectoryName(path)!; !Directory.Exists(each); each = Path.GetDirectoryName(each)!)
            {
                Made.Add(each);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (Made)
        {
            File.Delete(_path);
            // Others may have put something there since.
            for (var each = Path.GetDirectoryName(_path)!; Made.Contains(each) && !Directory.EnumerateFileSystemEntries(each).Any(); each = Path.GetDirectoryName(each)!)
            {
                Directory.Delete(each);
                Made.Remove(each);
            }
        }

        return ValueTask.CompletedTask;
    }
}
