using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tendril.Protocol.Credentials;

/// <summary>
/// Lets one host's agent fetch its first certificate, once. It names the authority by its fingerprint, so that the agent shows the secret to
/// nobody but the operator that made it.
/// </summary>
/// <param name="Fingerprint">SHA-256 of the authority's certificate.</param>
/// <param name="Secret">What the operator knows it by; it keeps only the digest.</param>
public sealed record JoinToken(byte[] Fingerprint, byte[] Secret)
{
    private const string Prefix = "tendril-join.";
    private const int Bytes = 32;

    public static JoinToken Create(byte[] fingerprint) => new(fingerprint, RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>"tendril-join.FINGERPRINT.SECRET"; null when the text is none.</summary>
    public static JoinToken? Parse(string text)
    {
        var parts = text.Trim().Split('.');
        return parts.Length == 3 && parts[0] + "." == Prefix && Decode(parts[1]) is { } fingerprint && Decode(parts[2]) is { } secret ? new(fingerprint, secret) : null;
    }

    /// <summary>The text that is handed over. Not ToString, which finds its way into logs.</summary>
    public string Reveal() => Prefix + Base64Url.EncodeToString(Fingerprint) + "." + Base64Url.EncodeToString(Secret);

    public override string ToString() => Prefix + "…";

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[Bytes];
        return text.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(text), bytes, out _, out var written) == OperationStatus.Done && written == Bytes
            ? bytes : null;
    }
}
