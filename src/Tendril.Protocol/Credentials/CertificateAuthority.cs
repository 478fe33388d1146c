using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tendril.Protocol.Credentials;

/// <summary>A certificate and its private key, as PEM.</summary>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem);

/// <summary>
/// What vouches for the operator and for each agent of a fleet. Keys are of P-256; whoever has this one can speak for every host.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan OwnLifetime = TimeSpan.FromDays(3650);

    /// <summary>Of what is issued by hand and renewed by hand: a little more than a year, the most that browsers take.</summary>
    public static readonly TimeSpan ByHandLifetime = TimeSpan.FromDays(397);

    /// <summary>Of what an agent fetches for itself and renews for itself.</summary>
    public static readonly TimeSpan JoinedLifetime = TimeSpan.FromDays(90);

    /// <summary>Clocks of a fleet differ: a new certificate is good on a host whose clock is this far behind.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _own;

    private CertificateAuthority(X509Certificate2 own) => _own = own;

    public string CertificatePem => _own.ExportCertificatePem() + "\n";

    /// <summary>SHA-256 of the certificate: what a join token pins.</summary>
    public byte[] Fingerprint => SHA256.HashData(_own.RawData);

    /// <summary>The certificate alone; it has no key.</summary>
    public X509Certificate2 Certificate => X509CertificateLoader.LoadCertificate(_own.RawData);

    /// <summary>Makes a new one.</summary>
    public static IssuedCertificate Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Its own name, so that the authorities of two fleets are not taken for each other.
        var request = new CertificateRequest($"CN=Tendril CA {RandomNumberGenerator.GetHexString(8, lowercase: true)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var own = request.CreateSelfSigned(now - ClockDifference, now + OwnLifetime);
        return new(own.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="CryptographicException">They are no certificate and key, or do not belong together.</exception>
    public static CertificateAuthority Load(string certificatePem, string keyPem)
    {
        var own = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        if (own.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true })
        {
            return new(own);
        }

        own.Dispose();
        throw new CryptographicException("it is no certificate authority's certificate");
    }

    /// <summary>For an operator that is reached by these host names and addresses.</summary>
    public IssuedCertificate IssueOperator(IReadOnlyList<string> names, DateTimeOffset now)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(Issue(Named("tendril-operator"), new PublicKey(key), ExtendedUsage.Server, alternatives.Build(), now, ByHandLifetime), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>For the agent of one host.</summary>
    public IssuedCertificate IssueAgent(string hostId, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(IssueAgent(hostId, new PublicKey(key), now, ByHandLifetime), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Signs what an agent made (<see cref="AgentKey"/>): only the key is taken from the request, everything else is said here.</summary>
    /// <returns>The certificate as PEM.</returns>
    /// <exception cref="CryptographicException">The request is none, or not signed by its own key.</exception>
    public string IssueAgent(string hostId, byte[] signingRequest, DateTimeOffset now)
    {
        var request = CertificateRequest.LoadSigningRequest(signingRequest, HashAlgorithmName.SHA256);
        using var key = request.PublicKey.GetECDsaPublicKey();
        return key is { KeySize: >= 256 }
            ? IssueAgent(hostId, request.PublicKey, now, JoinedLifetime)
            : throw new CryptographicException("the key of a signing request must be an elliptic one of 256 bits or more");
    }

    public void Dispose() => _own.Dispose();

    private string IssueAgent(string hostId, PublicKey key, DateTimeOffset now, TimeSpan lifetime) =>
        HostId.IsValid(hostId) ? Issue(Named(hostId), key, ExtendedUsage.Client, null, now, lifetime) : throw new ArgumentException(HostId.Expected, nameof(hostId));

    private string Issue(X500DistinguishedName subject, PublicKey key, string usage, X509Extension? alternatives, DateTimeOffset now, TimeSpan lifetime)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_own, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(alternatives);
        }

        var end = now + lifetime;
        var (ownStart, ownEnd) = (new DateTimeOffset(_own.NotBefore), new DateTimeOffset(_own.NotAfter));
        using var issued = request.Create(_own.SubjectName, Signer(), Later(now - ClockDifference, ownStart), end < ownEnd ? end : ownEnd, RandomNumberGenerator.GetBytes(16));
        return issued.ExportCertificatePem() + "\n";
    }

    private X509SignatureGenerator Signer()
    {
        if (_own.GetECDsaPrivateKey() is { } elliptic)
        {
            return X509SignatureGenerator.CreateForECDsa(elliptic);
        }

        return _own.GetRSAPrivateKey() is { } rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : throw new CryptographicException("its key is neither an elliptic nor an RSA key");
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static X500DistinguishedName Named(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }
}

/// <summary>What a certificate may be used for (RFC 5280, 4.2.1.12).</summary>
internal static class ExtendedUsage
{
    public const string Server = "1.3.6.1.5.5.7.3.1";
    public const string Client = "1.3.6.1.5.5.7.3.2";
}
