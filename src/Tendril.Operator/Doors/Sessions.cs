using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tendril.Operator.Doors;

/// <summary>Browsers that signed in. A session ends with its time, with the operator, and when its token is taken out of the file.</summary>
internal sealed class Sessions(Tokens tokens, TimeProvider clock)
{
    /// <summary>The prefix makes browsers hold it to TLS, to this host and to all of its paths.</summary>
    public const string Cookie = "__Host-tendril";

    /// <summary>Says that there is one, for the page's own script, which cannot see the other: it then offers to sign out. No secret.</summary>
    public const string SignCookie = "__Host-tendril-signed-in";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int Most = 4_096;
    private readonly Lock _lock = new();

    /// <summary>By digest of the id, so that memory tells nobody an id that works.</summary>
    private readonly Dictionary<string, Session> _sessions = [];

    /// <summary>Begins one for whoever has this token.</summary>
    /// <returns>Its id, for the cookie.</returns>
    public string Begin(TokenEntry entry)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (_sessions.Count >= Most)
            {
                // The one that ends first was there longest.
                _sessions.Remove(_sessions.MinBy(session => session.Value.Ends).Key);
            }

            _sessions[KeyOf(id)] = new(entry.Digest, now + Lifetime);
        }

        return id;
    }

    public Visitor? Find(string id)
    {
        lock (_lock)
        {
            var key = KeyOf(id);
            if (!_sessions.TryGetValue(key, out var session))
            {
                return null;
            }

            if (session.Ends > clock.GetUtcNow() && tokens.Find(session.TokenDigest) is { } entry)
            {
                return entry.Visitor;
            }

            _sessions.Remove(key);
            return null;
        }
    }

    public void End(string id)
    {
        lock (_lock)
        {
            _sessions.Remove(KeyOf(id));
        }
    }

    private static string KeyOf(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    private sealed record Session(byte[] TokenDigest, DateTimeOffset Ends);
}
