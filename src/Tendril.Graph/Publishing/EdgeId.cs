using System.Security.Cryptography;
using System.Text;

namespace Tendril.Graph;

/// <summary>
/// An edge's id: a digest of its ends, transport and port, so that it is the same after every restart and short however long the
/// services' ids are. Of 100,000 edges two share one with a chance of 1 in 3 thousand million.
/// </summary>
internal static class EdgeId
{
    public static string Of(EdgeState edge)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var text = $"{edge.Source.Id}\n{edge.Target.Id}\n{edge.Transport.Text()}\n{edge.Port}{(edge.Path is null ? "" : "\n" + edge.Path)}";
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest[..8]);
    }
}
