using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>A map of a loaded object. Valid while the object is.</summary>
/// <typeparam name="TKey">Blittable; its size must be the map's key size.</typeparam>
/// <typeparam name="TValue">Blittable; its size must be the map's value size (a per-CPU map: one value).</typeparam>
public sealed unsafe class BpfMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly BpfObject _owner;
    private readonly int _fd;

    internal BpfMap(BpfObject owner, string name, nint map)
    {
        _owner = owner;
        Name = name;
        _fd = LibBpf.bpf_map__fd(map);
        MaxEntries = LibBpf.bpf_map__max_entries(map);
        uint keySize = LibBpf.bpf_map__key_size(map), valueSize = LibBpf.bpf_map__value_size(map);
        if (keySize != sizeof(TKey) || valueSize != sizeof(TValue))
        {
            throw new BpfException($"map {name} has keys of {keySize} and values of {valueSize} bytes, expected {sizeof(TKey)} and {sizeof(TValue)}", 0);
        }
    }

    /// <summary>The map's name in the object.</summary>
    public string Name { get; }

    /// <summary>How many entries it can hold.</summary>
    public uint MaxEntries { get; }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, when the result is true.</param>
    /// <returns>False when the key is not there.</returns>
    public bool TryGet(TKey key, out TValue value)
    {
        _owner.ThrowIfDisposed();
        value = default;
        fixed (TValue* p = &value)
        {
            return LibBpf.bpf_map_lookup_elem(_fd, &key, p) == 0;
        }
    }

    /// <summary>The values of a per-CPU map under a key, one for each possible CPU.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">Filled from the front; must be at least <see cref="BpfObject.PossibleCpus"/> long. Each slot is padded to 8 bytes, so <typeparamref name="TValue"/> must be a multiple of 8 bytes.</param>
    /// <returns>False when the key is not there.</returns>
    public bool TryGetPerCpu(TKey key, Span<TValue> values)
    {
        _owner.ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, BpfObject.PossibleCpus);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sizeof(TValue) % 8, 0);
        fixed (TValue* p = values)
        {
            return LibBpf.bpf_map_lookup_elem(_fd, &key, p) == 0;
        }
    }

    /// <summary>Adds or replaces an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when the map is full.</returns>
    /// <exception cref="BpfException">Any other failure.</exception>
    public bool TrySet(TKey key, TValue value)
    {
        const int TooBig = 7; // E2BIG: the map is full
        _owner.ThrowIfDisposed();
        if (LibBpf.bpf_map_update_elem(_fd, &key, &value, 0) == 0)
        {
            return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == TooBig ? false : throw new BpfException($"update map {Name}", errno);
    }

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False when the key was not there.</returns>
    public bool Remove(TKey key)
    {
        _owner.ThrowIfDisposed();
        return LibBpf.bpf_map_delete_elem(_fd, &key) == 0;
    }

    /// <summary>Removes an entry and gives its last value, in one step where the kernel can (hash maps: 5.14).</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, when the result is true.</param>
    /// <returns>False when the key was not there.</returns>
    public bool TryTake(TKey key, out TValue value)
    {
        const int NoEntry = 2; // ENOENT
        _owner.ThrowIfDisposed();
        value = default;
        fixed (TValue* p = &value)
        {
            if (LibBpf.bpf_map_lookup_and_delete_elem(_fd, &key, p) == 0)
            {
                return true;
            }
        }

        // Older kernels have no such call for hash maps: what is counted between the two steps is lost.
        return Marshal.GetLastPInvokeError() != NoEntry && TryGet(key, out value) && Remove(key);
    }

    /// <summary>
    /// Reads the whole of a hash map in batches (kernel 5.6). Entries added or removed meanwhile may or may not be in it; no entry that
    /// stays is left out.
    /// </summary>
    /// <param name="buffer">Reused between calls; grows to the largest batch needed.</param>
    /// <returns>How many entries <paramref name="buffer"/> holds.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public int ReadAll(BpfMapBuffer<TKey, TValue> buffer)
    {
        const int NoEntry = 2, NoSpace = 28; // ENOENT: the last batch; ENOSPC: a bucket holds more than the batch
        _owner.ThrowIfDisposed();
        buffer.Count = 0;
        ulong position = 0;
        bool first = true;
        while (true)
        {
            buffer.EnsureRoom();
            uint count = (uint)(buffer.Keys.Length - buffer.Count);
            int result;
            fixed (TKey* keys = &buffer.Keys[buffer.Count])
            fixed (TValue* values = &buffer.Values[buffer.Count])
            {
                ulong next = 0;
                result = LibBpf.bpf_map_lookup_batch(_fd, first ? null : &position, &next, keys, values, &count, null);
                position = next;
            }

            int errno = result == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (errno == NoSpace)
            {
                buffer.Grow();
                buffer.Count = 0;
                first = true;
                continue;
            }

            if (errno is not (0 or NoEntry))
            {
                throw new BpfException($"read map {Name}", errno);
            }

            buffer.Count += (int)count;
            first = false;
            if (errno == NoEntry || count == 0)
            {
                return buffer.Count;
            }
        }
    }
}

/// <summary>Keys and values read from a map, kept for the next reading so that it allocates nothing.</summary>
/// <typeparam name="TKey">The map's key.</typeparam>
/// <typeparam name="TValue">The map's value.</typeparam>
public sealed class BpfMapBuffer<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int InitialEntries = 128;
    private const int MinRoom = 64;

    internal TKey[] Keys { get; private set; } = new TKey[InitialEntries];

    internal TValue[] Values { get; private set; } = new TValue[InitialEntries];

    /// <summary>How many entries it holds.</summary>
    public int Count { get; internal set; }

    /// <summary>The key of entry <paramref name="index"/>.</summary>
    /// <param name="index">Below <see cref="Count"/>.</param>
    public ref readonly TKey Key(int index) => ref Keys[index];

    /// <summary>The value of entry <paramref name="index"/>.</summary>
    /// <param name="index">Below <see cref="Count"/>.</param>
    public ref readonly TValue Value(int index) => ref Values[index];

    internal void EnsureRoom()
    {
        if (Keys.Length - Count < MinRoom)
        {
            Grow();
        }
    }

    internal void Grow()
    {
        var keys = Keys;
        var values = Values;
        Array.Resize(ref keys, keys.Length * 2);
        Array.Resize(ref values, values.Length * 2);
        Keys = keys;
        Values = values;
    }
}
