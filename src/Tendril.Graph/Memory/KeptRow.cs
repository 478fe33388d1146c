namespace Tendril.Graph;

/// <summary>Where a state is kept outside the graph, and whether that is behind what the state is now. Eight bytes, as half a million have one.</summary>
internal struct KeptRow
{
    /// <summary>0: it was never kept; below 0: what is kept under that number, without the sign, is behind.</summary>
    private long _row;

    /// <summary>0 where it was never kept.</summary>
    public readonly long Number => Math.Abs(_row);

    public readonly bool IsBehind => _row <= 0;

    /// <summary>The state changed.</summary>
    public void Touch()
    {
        if (_row > 0)
            _row = -_row;
    }

    /// <summary>It is kept under this number, as it is now.</summary>
    public void Is(long number) => _row = number;

    /// <summary>It will be kept under this number.</summary>
    public void WillBe(long number) => _row = -number;
}

/// <summary>Rows whose states left the graph since they were last asked for. Of a graph that nobody keeps there are none.</summary>
internal sealed class ForgottenRows
{
    private List<ForgottenRow> _rows = [];

    public void Add(RowKind kind, in KeptRow row)
    {
        if (row.Number != 0)
            _rows.Add(new ForgottenRow(kind, row.Number));
    }

    public List<ForgottenRow> Take()
    {
        var taken = _rows;
        _rows = [];
        return taken;
    }
}
