using System.Diagnostics.CodeAnalysis;

namespace Tendril.Graph;

/// <summary>The dependencies of a partition by run and key.</summary>
internal sealed class DependencySet
{
    private readonly HashSet<DependencyState> _states = new(new ByRunAndKey());
    private readonly HashSet<DependencyState>.AlternateLookup<Reference> _lookup;

    public DependencySet() => _lookup = _states.GetAlternateLookup<Reference>();

    public int Count => _states.Count;

    public HashSet<DependencyState>.Enumerator GetEnumerator() => _states.GetEnumerator();

    public bool TryGet(AgentRun run, in DependencyKey key, [NotNullWhen(true)] out DependencyState? state) =>
        _lookup.TryGetValue(new Reference(run, in key), out state);

    public void Add(DependencyState state) => _states.Add(state);

    public void Remove(DependencyState state) => _states.Remove(state);

    /// <summary>What a state is looked up by, without a copy of the key.</summary>
    private readonly ref struct Reference(AgentRun run, ref readonly DependencyKey key)
    {
        public readonly AgentRun Run = run;
        public readonly ref readonly DependencyKey Key = ref key;
    }

    /// <summary>
    /// The generated equality of records goes through a comparer for each field; this is the hottest code of the graph. Seeded, because
    /// agents choose the keys.
    /// </summary>
    private sealed class ByRunAndKey : IEqualityComparer<DependencyState>, IAlternateEqualityComparer<Reference, DependencyState>
    {
        private readonly ulong _seed = (ulong)Random.Shared.NextInt64() | 1;

        public bool Equals(DependencyState? x, DependencyState? y) =>
            ReferenceEquals(x, y)
            || (x is not null && y is not null && ReferenceEquals(x.Process.Run, y.Process.Run) && SameKey(in x.Key, in y.Key));

        public int GetHashCode(DependencyState state) => Hash(state.Process.Run, in state.Key);

        public bool Equals(Reference reference, DependencyState state) =>
            ReferenceEquals(reference.Run, state.Process.Run) && SameKey(in reference.Key, in state.Key);

        public int GetHashCode(Reference reference) => Hash(reference.Run, in reference.Key);

        public DependencyState Create(Reference reference) => throw new NotSupportedException("A state needs its process and place; use Add.");

        private static bool SameKey(in DependencyKey a, in DependencyKey b) =>
            a.ServerAddress.Low == b.ServerAddress.Low && a.ServerPort == b.ServerPort && a.ProcessNumber == b.ProcessNumber
            && a.PeerAddress.Low == b.PeerAddress.Low && a.Role == b.Role && a.Transport == b.Transport
            && a.NetworkNamespace == b.NetworkNamespace && a.Generation == b.Generation
            && a.ServerAddress.High == b.ServerAddress.High && a.PeerAddress.High == b.PeerAddress.High;

        private int Hash(AgentRun run, in DependencyKey key)
        {
            var ports = ((ulong)key.ProcessNumber << 32) | ((ulong)key.ServerPort << 16) | ((ulong)key.Role << 8) | (ulong)key.Transport;
            var hash = Mix(key.NetworkNamespace ^ _seed, ports ^ (ulong)run.StartMicros ^ 0x9E37_79B9_7F4A_7C15);
            hash = Mix(hash ^ key.ServerAddress.Low, key.ServerAddress.High ^ _seed);
            hash = Mix(hash ^ key.PeerAddress.Low, key.PeerAddress.High ^ key.Generation ^ 0xC2B2_AE3D_27D4_EB4F);
            return (int)(hash ^ (hash >> 32));
        }

        /// <summary>Both halves of the 128-bit product: every bit of either operand reaches the result.</summary>
        private static ulong Mix(ulong a, ulong b)
        {
            var high = Math.BigMul(a, b, out var low);
            return high ^ low;
        }
    }
}
