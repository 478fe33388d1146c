using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Tests.Doors;

/// <summary>A certificate authority with an operator's certificate, in a folder of its own, and clients that trust it.</summary>
internal sealed class Fleet : IDisposable
{
    public const string Name = "map.example.org";
    private static readonly string[] Names = ["localhost", "127.0.0.1", Name];
    private readonly string _folder = Directory.CreateTempSubdirectory("tendril-fleet-").FullName;

    public Fleet()
    {
        var made = CertificateAuthority.Create(Now.AddDays(-1000));
        Authority = CertificateAuthority.Load(made.CertificatePem, made.KeyPem);
        File.WriteAllText(PathOf("ca.crt"), made.CertificatePem);
        File.WriteAllText(PathOf("ca.key"), made.KeyPem);
        IssueOperator();
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public CertificateAuthority Authority { get; }

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Writes a new certificate for the operator over the old one.</summary>
    public void IssueOperator(DateTimeOffset? now = null)
    {
        var issued = Authority.IssueOperator(Names, now ?? Now);
        File.WriteAllText(PathOf("operator.crt"), issued.CertificatePem);
        File.WriteAllText(PathOf("operator.key"), issued.KeyPem);
    }

    public void Serve(OperatorOptions options)
    {
        options.TlsCertificateFile = PathOf("operator.crt");
        options.TlsKeyFile = PathOf("operator.key");
        options.AgentAuthorityFile = PathOf("ca.crt");
    }

    /// <summary>For a client that trusts this authority and shows a certificate, or none.</summary>
    public SocketsHttpHandler Handler(IssuedCertificate? shown = null, Action<X509Certificate2>? seen = null)
    {
        var tls = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                seen?.Invoke((X509Certificate2)certificate!);
                // Some tests go by another name than they connect to.
                return (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
            },
            CertificateChainPolicy = CertificateCheck.TrustOnly([Authority.Certificate]),
        };
        if (shown is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(shown.CertificatePem, shown.KeyPem), null, offline: true);
        }

        return new() { SslOptions = tls, AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None };
    }

    public GrpcChannel Channel(Uri address, IssuedCertificate? shown = null) =>
        GrpcChannel.ForAddress(address, new() { HttpHandler = Handler(shown), DisposeHttpClient = true });

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
