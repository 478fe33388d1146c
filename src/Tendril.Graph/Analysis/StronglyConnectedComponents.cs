namespace Tendril.Graph;

/// <summary>Tarjan's algorithm without recursion: a chain of 50,000 services must not overflow the stack.</summary>
internal sealed class StronglyConnectedComponents
{
    private readonly int[] _begin;
    private readonly int[] _targets;
    private readonly int[] _order;
    private readonly int[] _lowest;
    private readonly Stack<int> _open = new();
    private readonly Stack<(int Node, int Next)> _path = new();
    private int _visited;

    /// <param name="begin">Where each node's targets begin in <paramref name="targets"/>, and at last where they end.</param>
    private StronglyConnectedComponents(int[] begin, int[] targets)
    {
        (_begin, _targets) = (begin, targets);
        _order = new int[begin.Length - 1];
        _lowest = new int[begin.Length - 1];
        Component = new int[begin.Length - 1];
        Array.Fill(Component, -1);
    }

    /// <summary>Number of the component of each node.</summary>
    public int[] Component { get; }

    /// <summary>How many nodes each component has.</summary>
    public List<int> Sizes { get; } = [];

    public static StronglyConnectedComponents Of(int[] begin, int[] targets)
    {
        var components = new StronglyConnectedComponents(begin, targets);
        for (var node = 0; node < begin.Length - 1; node++)
        {
            if (components._order[node] == 0)
                components.Search(node);
        }

        return components;
    }

    public bool IsInCycle(int node) => Sizes[Component[node]] > 1;

    private void Search(int root)
    {
        Enter(root);
        while (_path.TryPop(out var step))
        {
            var (node, next) = step;
            if (next == _begin[node + 1])
            {
                Leave(node);
                continue;
            }

            _path.Push((node, next + 1));
            var target = _targets[next];
            if (_order[target] == 0)
                Enter(target);
            else if (Component[target] < 0)
                _lowest[node] = Math.Min(_lowest[node], _order[target]);
        }
    }

    private void Enter(int node)
    {
        _order[node] = _lowest[node] = ++_visited;
        _open.Push(node);
        _path.Push((node, _begin[node]));
    }

    private void Leave(int node)
    {
        if (_path.TryPeek(out var parent))
            _lowest[parent.Node] = Math.Min(_lowest[parent.Node], _lowest[node]);
        if (_lowest[node] != _order[node])
            return;

        var size = 0;
        int member;
        do
        {
            member = _open.Pop();
            Component[member] = Sizes.Count;
            size++;
        }
        while (member != node);
        Sizes.Add(size);
    }
}
