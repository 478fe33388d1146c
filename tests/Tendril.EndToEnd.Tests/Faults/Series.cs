using System.Globalization;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>One figure over time. It may not grow: how much more its last quarter has than its second is held against a bound.</summary>
/// <param name="Name">As it is printed, with its unit.</param>
/// <param name="MayGrowBy">This part of it, such as 0.1,</param>
/// <param name="AndBy">and this much.</param>
internal sealed record Series(string Name, double MayGrowBy, double AndBy)
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const int Columns = 60;

    private readonly List<double> _values = [];

    public double Early => Median(1);

    public double Late => Median(3);

    public bool HasGrown => Late > (Early * (1 + MayGrowBy)) + AndBy;

    public void Add(double value) => _values.Add(value);

    /// <summary>"agent RSS, MiB    ▅▅▅▆▆▅  14.2 to 15.0, 14.6 late": from 0 to its maximum.</summary>
    public string Chart()
    {
        var top = Math.Max(_values.Max(), 1e-9);
        var columns = Math.Min(Columns, _values.Count);
        var bars = Enumerable.Range(0, columns).Select(column =>
        {
            var (from, to) = (column * _values.Count / columns, (column + 1) * _values.Count / columns);
            return Blocks[(int)Math.Round(_values.GetRange(from, to - from).Average() / top * (Blocks.Length - 1))];
        });
        return string.Create(CultureInfo.InvariantCulture,
            $"{Name,-26} {string.Concat(bars)}  {_values.Min():0.#} to {_values.Max():0.#}; {Early:0.#} early, {Late:0.#} late{(HasGrown ? "  GREW" : "")}");
    }

    // Of one quarter of the time; the first is for warming up.
    private double Median(int quarter)
    {
        var values = _values.GetRange(_values.Count * quarter / 4, (_values.Count * (quarter + 1) / 4) - (_values.Count * quarter / 4)).Order().ToList();
        return values[values.Count / 2];
    }
}
