using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tendril.Protocol.Credentials;

/// <summary>Whether certificates are good, with the reason when they are not.</summary>
public static class CertificateCheck
{
    /// <summary>Of an agent: issued by one of these, for clients, and good now.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public static string? OfAgent(X509Certificate2 certificate, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        if (now > certificate.NotAfter)
        {
            return $"it expired on {Day(certificate.NotAfter)}";
        }

        if (now < certificate.NotBefore)
        {
            return $"it begins on {Day(certificate.NotBefore)}; is one of the clocks wrong?";
        }

        using var chain = new X509Chain { ChainPolicy = TrustOnly(authorities) };
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ExtendedUsage.Client));
        if (chain.Build(certificate))
        {
            return null;
        }

        return chain.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotValidForUsage)
            ? "it is not one for clients" : "it was not issued by the authority that this operator trusts for agents";
    }

    /// <summary>Trusts these authorities and no others. Asks nobody on the network.</summary>
    public static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>The authorities in a PEM text.</summary>
    /// <exception cref="CryptographicException">There are none in it.</exception>
    public static X509Certificate2Collection ReadAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it has no certificate in it; it must begin with -----BEGIN CERTIFICATE-----");
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
