namespace Tendril.Cli.Terminal;

/// <param name="Title">Shown above; lower case.</param>
/// <param name="Right">Numbers stand at the right.</param>
/// <param name="Rank">On a narrow screen columns of the highest rank are left out first; rank 0 always stays.</param>
internal sealed record Column(string Title, bool Right = false, int Rank = 0);

internal readonly record struct Cell(string Text, Colour Colour = Colour.Usual)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>Rows of text in columns, made to fit the screen: long names are cut, but not to less than can be told apart; then columns of lesser rank go.</summary>
internal sealed class Table(params Column[] columns)
{
    private const int Gap = 2;
    private const int EnoughOfAName = 20;
    private const int NarrowestName = 8;

    private readonly List<Cell[]> _rows = [];

    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <returns>Titles of the columns that did not fit.</returns>
    public IReadOnlyList<string> Write(Screen screen)
    {
        var widths = new int[columns.Length];
        for (var column = 0; column < columns.Length; column++)
        {
            widths[column] = _rows.Select(row => Text.Width(row[column].Text)).Append(columns[column].Title.Length).Max();
        }

        var shown = Choose(widths, screen.Width ?? int.MaxValue);
        Shrink(widths, shown, screen.Width ?? int.MaxValue);
        WriteRow(screen, shown, widths, [.. columns.Select(column => new Cell(column.Title.ToUpperInvariant(), Colour.Bold))]);
        foreach (var row in _rows)
        {
            WriteRow(screen, shown, widths, row);
        }

        return [.. columns.Where((_, column) => !shown.Contains(column) && HasText(column)).Select(column => column.Title)];
    }

    /// <summary>A column that has nothing in any row is not shown.</summary>
    private bool HasText(int column) => _rows.Count == 0 || _rows.Any(row => row[column].Text.Length > 0);

    private static int Total(int[] widths, List<int> shown) => shown.Sum(column => widths[column]) + Gap * (shown.Count - 1);

    private List<int> Choose(int[] widths, int screen)
    {
        var shown = Enumerable.Range(0, columns.Length).Where(HasText).ToList();
        var cut = widths.Select((width, column) => columns[column].Right ? width : Math.Min(width, EnoughOfAName)).ToArray();
        while (Total(cut, shown) > screen && shown.MaxBy(column => columns[column].Rank) is var last && columns[last].Rank > 0)
        {
            shown.Remove(last);
        }

        return shown;
    }

    private void Shrink(int[] widths, List<int> shown, int screen)
    {
        while (Total(widths, shown) > screen)
        {
            var widest = shown.Where(column => !columns[column].Right).MaxBy(column => widths[column]);
            if (widths[widest] <= NarrowestName)
            {
                return;
            }

            widths[widest]--;
        }
    }

    private void WriteRow(Screen screen, List<int> shown, int[] widths, Cell[] row)
    {
        for (var i = 0; i < shown.Count; i++)
        {
            var column = shown[i];
            var text = Text.Cut(row[column].Text, widths[column]);
            var padding = new string(' ', widths[column] - Text.Width(text));
            var painted = screen.Paint(text, row[column].Colour);
            var last = i == shown.Count - 1;
            screen.Write(columns[column].Right ? padding + painted : last ? painted : painted + padding);
            screen.Write(last ? "\n" : new string(' ', Gap));
        }
    }
}
