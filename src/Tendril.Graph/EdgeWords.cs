namespace Tendril.Graph;

/// <summary>The words an edge is described with, in a byte each.</summary>
internal enum EdgeWord : byte
{
    Tcp,
    Udp,
    Unix,
    Client,
    Server,
    Both,
    Active,
    Idle,
    Gone,
}

internal static class EdgeWords
{
    private static readonly string[] Texts = ["tcp", "udp", "unix", "client", "server", "both", "active", "idle", "gone"];

    public static string Text(this EdgeWord word) => Texts[(int)word];

    public static EdgeWord Parse(string text)
    {
        var word = Array.IndexOf(Texts, text);
        return word >= 0 ? (EdgeWord)word : throw new ArgumentException($"\"{text}\" is not one of {string.Join(", ", Texts)}.", nameof(text));
    }
}
