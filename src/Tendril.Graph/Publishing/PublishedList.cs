namespace Tendril.Graph;

/// <summary>Knows its position in a <see cref="PublishedList{TOwner,TItem}"/>; -1 while it has none.</summary>
internal interface IPublished
{
    int Slot { get; set; }
}

/// <summary>
/// What the next snapshot will show: one immutable item for each owner, side by side, so that a snapshot is one copy of memory.
/// </summary>
internal sealed class PublishedList<TOwner, TItem>
    where TOwner : class, IPublished
    where TItem : class
{
    private readonly List<TOwner> _owners = [];
    private readonly List<TItem?> _items = [];

    /// <summary>Ids that left since the last publication.</summary>
    public List<string> Removed { get; } = [];

    public bool IsChanged { get; private set; }

    public IReadOnlyList<TOwner> Owners => _owners;

    public TItem? Item(TOwner owner) => owner.Slot < 0 ? null : _items[owner.Slot];

    public void Reserve(TOwner owner)
    {
        owner.Slot = _owners.Count;
        _owners.Add(owner);
        _items.Add(null);
    }

    public void Set(TOwner owner, TItem item)
    {
        if (owner.Slot < 0)
            Reserve(owner);
        _items[owner.Slot] = item;
        IsChanged = true;
    }

    public void Remove(TOwner owner, string? id)
    {
        if (owner.Slot < 0)
            return;

        var last = _owners[^1];
        (_owners[owner.Slot], _items[owner.Slot]) = (last, _items[^1]);
        last.Slot = owner.Slot;
        owner.Slot = -1;
        _owners.RemoveAt(_owners.Count - 1);
        _items.RemoveAt(_items.Count - 1);
        IsChanged = true;
        if (id is not null)
            Removed.Add(id);
    }

    /// <summary>The items as they are now; what is counted as changed begins anew.</summary>
    public TItem[] Publish()
    {
        IsChanged = false;
        Removed.Clear();
        return _items.ToArray()!;
    }
}
