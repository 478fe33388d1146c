using System.Security.Cryptography;

namespace Tendril.Operator.Doors;

/// <summary>
/// Join tokens that were made and not yet used up, by their digests. Each is for one host, and for the first key that comes with it: an agent that did not
/// hear the answer asks again. They end with the operator.
/// </summary>
internal sealed class JoinTokens(TimeProvider clock)
{
    public const int Most = 1_000;
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>Keeps one.</summary>
    /// <returns>When it ends; null where as many are kept as may be.</returns>
    public DateTimeOffset? Add(byte[] secret, string hostId)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var (old, _) in _entries.Where(pair => pair.Value.Ends <= now).ToList())
            {
                _entries.Remove(old);
            }

            if (_entries.Count >= Most)
            {
                return null;
            }

            _entries[KeyOf(secret)] = new(hostId, now + Lifetime, null);
            return now + Lifetime;
        }
    }

    /// <summary>The host that the token is for; null: it is not known, has ended, or another key came with it before.</summary>
    /// <param name="publicKey">Of the agent, as in its signing request.</param>
    public string? Redeem(byte[] secret, string hostId, byte[] publicKey)
    {
        var owner = Convert.ToHexString(SHA256.HashData(publicKey));
        lock (_lock)
        {
            var key = KeyOf(secret);
            if (!_entries.TryGetValue(key, out var entry) || entry.Ends <= clock.GetUtcNow() || (entry.Owner ?? owner) != owner)
            {
                return null;
            }

            if (entry.HostId == hostId)
            {
                _entries[key] = entry with { Owner = owner };
            }

            return entry.HostId;
        }
    }

    private static string KeyOf(byte[] secret) => Convert.ToHexString(SHA256.HashData(secret));

    private sealed record Entry(string HostId, DateTimeOffset Ends, string? Owner);
}
