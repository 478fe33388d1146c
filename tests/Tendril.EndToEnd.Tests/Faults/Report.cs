using System.Text;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>Lines that a long test says while it goes on, in artifacts/NAME/log.txt.</summary>
internal sealed class Report : IDisposable
{
    private readonly StreamWriter _file;
    private readonly StringBuilder _text = new();

    private Report(string path) => _file = new StreamWriter(path) { AutoFlush = true };

    public string Text => _text.ToString();

    public static Report Create(string name)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Repository.Artifacts, name));
        return new Report(Path.Combine(directory.FullName, "log.txt"));
    }

    public void Say(string line)
    {
        _file.WriteLine(line);
        _text.AppendLine(line);
    }

    public void Dispose() => _file.Dispose();
}
