using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tendril.Cli.Terminal;

internal enum Colour
{
    Usual = 0,
    Dim = 2,
    Bold = 1,
    Red = 31,
    Green = 32,
    Yellow = 33,
}

/// <summary>Standard output: how wide it is and whether it takes colour.</summary>
internal sealed class Screen : IDisposable
{
    private readonly StreamWriter _writer = new(Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };

    private Screen()
    {
        Width = WidthOf();
        HasColour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }

    /// <summary>The process's one standard output.</summary>
    public static Screen Output { get; } = new();

    /// <summary>Columns of the terminal, or of COLUMNS in the environment; null where any width is right, as in a file.</summary>
    public int? Width { get; }

    private bool HasColour { get; }

    public string Paint(string text, Colour colour) =>
        HasColour && colour != Colour.Usual && text.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{(int)colour}m{text}\e[0m") : text;

    public void WriteLine(string line = "") => _writer.WriteLine(line);

    /// <summary>Sentences, broken between words where the screen ends.</summary>
    /// <param name="first">What the first line begins with: "  - ".</param>
    /// <param name="text">The sentences.</param>
    /// <param name="colour">Of the text alone.</param>
    public void WriteText(string first, string text, Colour colour = Colour.Usual)
    {
        const int Least = 20;
        var indent = first;
        foreach (var line in Text.Wrap(text, Width is { } width ? Math.Max(Least, width - first.Length) : int.MaxValue))
        {
            _writer.WriteLine(indent + Paint(line, colour));
            indent = new string(' ', first.Length);
        }
    }

    public void Write(ReadOnlySpan<char> text) => _writer.Write(text);

    public void Flush() => _writer.Flush();

    /// <summary>Writes out what is left. A reader who has gone is no longer news then.</summary>
    public void Dispose()
    {
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>
    /// The console's own stream says nothing when a pipe's reader is gone, so that an endless command would never end: pipes are
    /// written directly. Files are not, as they must share their position with the programs we start.
    /// </summary>
    private static Stream Open()
    {
        var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return direct.CanSeek ? Console.OpenStandardOutput() : direct;
    }

    private static int? WidthOf()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns) && columns is >= 20 and <= 10_000)
        {
            return columns;
        }

        if (Console.IsOutputRedirected)
        {
            return null;
        }

        return Console.WindowWidth is > 20 and var width ? width : 80;
    }
}
