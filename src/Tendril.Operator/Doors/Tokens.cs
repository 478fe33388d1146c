using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Doors;

/// <summary>One line of the file of tokens.</summary>
internal sealed record TokenEntry(Visitor Visitor, byte[] Digest);

/// <summary>The tokens that people and programs sign in with. The file has their digests alone; a changed file holds with the next request.</summary>
internal sealed class Tokens(OperatorOptions options, ILogger<Tokens> log)
{
    private const string Flag = "--tokens";
    private const string Algorithm = "sha256:";

    private readonly KeptFiles<TokenEntry[]>? _files = options.TokensFile is { } file ? new(Flag, [file], Read, log) : null;

    /// <summary>Null, or what is wrong with the file.</summary>
    public static string? Check(OperatorOptions options) => options.TokensFile is { } file ? KeptFiles<TokenEntry[]>.Check(Flag, [file], Read) : null;

    /// <summary>Whose token it is; null: nobody's.</summary>
    public TokenEntry? Find(string token) => Find(AccessToken.Digest(token));

    /// <summary>The entry with this digest. All are compared, each in the same time, so that an answer's time tells nothing.</summary>
    public TokenEntry? Find(ReadOnlySpan<byte> digest)
    {
        TokenEntry? found = null;
        foreach (var entry in _files?.Current ?? [])
        {
            found = CryptographicOperations.FixedTimeEquals(entry.Digest, digest) ? entry : found;
        }

        return found;
    }

    private static TokenEntry[] Read(IReadOnlyList<string> texts)
    {
        var entries = ImmutableArray.CreateBuilder<TokenEntry>();
        var number = 0;
        foreach (var line in texts[0].Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length > 0 && line[0] != '#')
            {
                entries.Add(Parse(line) ?? throw new InvalidDataException(
                    $"line {number}: write NAME viewer|admin sha256:DIGEST, as `tendril certs token` does"));
            }
        }

        return [.. entries];
    }

    private static TokenEntry? Parse(string line)
    {
        var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var bytes = new byte[SHA256.HashSizeInBytes];
        if (parts is not [var name, var roleText, var digest] || !digest.StartsWith(Algorithm, StringComparison.Ordinal)
            || Convert.FromHexString(digest.AsSpan(Algorithm.Length), bytes, out _, out var written) != OperationStatus.Done || written != bytes.Length)
        {
            return null;
        }

        Role? role = roleText switch { "viewer" => Role.Viewer, "admin" => Role.Admin, _ => null };
        return role is { } known ? new(new(name, known), bytes) : null;
    }
}
