using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tendril.Protocol.Credentials;

/// <summary>A key that an agent makes and never gives away, and the request to certify it.</summary>
public sealed class AgentKey : IDisposable
{
    private readonly ECDsa _key;

    private AgentKey(ECDsa key) => _key = key;

    public string Pem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    public static AgentKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads one that was kept.</summary>
    /// <exception cref="ArgumentException">It is no key.</exception>
    public static AgentKey Load(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return new(key);
    }

    /// <summary>A certificate signing request (PKCS #10), signed by the key.</summary>
    public byte[] Request(string hostId)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(hostId);
        return new CertificateRequest(subject.Build(), _key, HashAlgorithmName.SHA256).CreateSigningRequest();
    }

    public void Dispose() => _key.Dispose();
}
