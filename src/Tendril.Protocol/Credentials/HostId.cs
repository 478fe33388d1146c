using System.Security.Cryptography.X509Certificates;

namespace Tendril.Protocol.Credentials;

/// <summary>What a host is known by: /etc/machine-id, as in Hello. In an agent's certificate it is the subject's one common name.</summary>
public static class HostId
{
    public const int MaxLength = 64;

    public const string Expected = "1 to 64 letters, digits, '-' or '_' (the content of /etc/machine-id)";

    private const string CommonName = "2.5.4.3";

    public static bool IsValid(string id) => id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Null where the certificate does not name exactly one.</summary>
    public static string? Of(X509Certificate2 certificate)
    {
        var parts = certificate.SubjectName.EnumerateRelativeDistinguishedNames().ToList();
        return parts is [{ HasMultipleElements: false } only] && only.GetSingleElementType().Value == CommonName
            && only.GetSingleElementValue() is { } id && IsValid(id) ? id : null;
    }
}
