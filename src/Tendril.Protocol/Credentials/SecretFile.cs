namespace Tendril.Protocol.Credentials;

/// <summary>Writes keys and what belongs to them. What is there is never lost by it.</summary>
public static class SecretFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A new file that only its owner reads (0600).</summary>
    /// <exception cref="IOException">There is such a file.</exception>
    public static void Create(string path, string text) => Write(path, text, FileMode.CreateNew, OwnerOnly);

    /// <summary>A new file that everybody may read (0644).</summary>
    /// <exception cref="IOException">There is such a file.</exception>
    public static void CreatePublic(string path, string text) => Write(path, text, FileMode.CreateNew, Everybody);

    /// <summary>Puts a file that only its owner reads in the place of an older one: a reader gets the one or the other, whole.</summary>
    public static void Replace(string path, string text)
    {
        var beside = path + ".new";
        File.Delete(beside);
        Write(beside, text, FileMode.CreateNew, OwnerOnly);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Adds to the end of a file that only its owner reads; makes it where there is none.</summary>
    public static void Append(string path, string text) => Write(path, text, FileMode.Append, OwnerOnly);

    private static void Write(string path, string text, FileMode mode, UnixFileMode access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = access;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
        writer.Flush();
        ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
    }
}
