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

    public bool Contains(AgentRun run, DependencyKey key) => TryGet(run, in key, out _);

    public bool TryGet(AgentRun run, in DependencyKey key, [NotNullWhen(true)] out DependencyState? state) =>
        _lookup.TryGetValue(new Reference(run, in key), out state);

    public static DependencyKey KeyOf(DependencyState state) => new(
        state.Place.Number, state.Process.Number, state.Role, state.Endpoint.Key.Transport,
        state.Endpoint.Key.Address, state.Endpoint.Key.Port, state.PeerAddress, state.Generation);

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
            || (x is not null && y is not null && SameStates(x, y));

        private static bool SameStates(DependencyState x, DependencyState y) =>
            ReferenceEquals(x.Process.Run, y.Process.Run) && KeyOf(x) == KeyOf(y);

        public int GetHashCode(DependencyState state) => Hash(state.Process.Run, KeyOf(state));

        public bool Equals(Reference reference, DependencyState state)
        {
            ref readonly var key = ref reference.Key;
            ref readonly var endpoint = ref state.Endpoint.Key;
            return key.ServerPort == endpoint.Port && key.ServerAddress.Low == endpoint.Address.Low
                && key.ProcessNumber == state.Process.Number && ReferenceEquals(reference.Run, state.Process.Run)
                && key.PeerAddress == state.PeerAddress && key.Generation == state.Generation && key.Role == state.Role
                && key.Transport == endpoint.Transport && key.ServerAddress.High == endpoint.Address.High
                && reference.Run.PlaceNumber(key.NetworkNamespace) == state.Place.Number;
        }

        public int GetHashCode(Reference reference) => Hash(reference.Run, in reference.Key);

        public DependencyState Create(Reference reference) => throw new NotSupportedException("A state needs its process and place; use Add.");

        private int Hash(AgentRun run, in DependencyKey key)
        {
            var ports = ((ulong)key.ProcessNumber << 32) | ((ulong)key.ServerPort << 16) | ((ulong)key.Role << 8) | (ulong)key.Transport;
            var hash = Mix(run.PlaceNumber(key.NetworkNamespace) ^ _seed, ports ^ (ulong)run.StartMicros ^ 0x9E37_79B9_7F4A_7C15);
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
