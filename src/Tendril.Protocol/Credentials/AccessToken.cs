using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tendril.Protocol.Credentials;

/// <summary>What a person or a program shows to read the graph. The operator's file of tokens has only digests of them.</summary>
public static class AccessToken
{
    public const string Prefix = "tendril_";

    /// <summary>256 random bits, so that a plain digest hides it well enough.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>A line of the operator's file of tokens: "alice viewer sha256:…".</summary>
    public static string Line(string name, string role, string token) => $"{name} {role} sha256:{Convert.ToHexStringLower(Digest(token))}\n";
}
