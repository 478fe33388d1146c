using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tendril.Operator.Doors;

/// <summary>The operator's own certificate, on both ports. New files are in use with the next handshake.</summary>
internal sealed class ServerCertificate(OperatorOptions options, TimeProvider clock, ILogger<ServerCertificate> log)
{
    private const string Flag = "--tls-cert, --tls-key";

    /// <summary>A client that does not finish the handshake holds a connection for nothing.</summary>
    private static readonly TimeSpan HandshakeWithin = TimeSpan.FromSeconds(10);

    private readonly KeptFiles<SslStreamCertificateContext>? _files =
        options.HasTls ? new(Flag, [options.TlsCertificateFile!, options.TlsKeyFile!], texts => Read(texts, clock.GetUtcNow()), log) : null;

    /// <summary>Null, or what is wrong with the files.</summary>
    public static string? Check(OperatorOptions options, DateTimeOffset now) =>
        options.HasTls ? KeptFiles<SslStreamCertificateContext>.Check(Flag, [options.TlsCertificateFile!, options.TlsKeyFile!], texts => Read(texts, now)) : null;

    /// <summary>Whether the certificate is for this host name or address.</summary>
    public bool Names(string host) => _files?.Current.TargetCertificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false) == true;

    /// <param name="listen">A port.</param>
    /// <param name="asksForCertificate">Clients are asked for one. What they show is proved to be theirs by the handshake, and judged when they call: only
    /// then can the reason for a refusal be told.</param>
    public void Use(ListenOptions listen, bool asksForCertificate)
    {
        if (_files is null)
        {
            return;
        }

        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = HandshakeWithin,
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _files.Current,
                ClientCertificateRequired = asksForCertificate,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null || asksForCertificate,
            }),
        });
    }

    private static SslStreamCertificateContext Read(IReadOnlyList<string> texts, DateTimeOffset now)
    {
        var own = Pair(texts[0], texts[1]);
        if (own.NotAfter < now)
        {
            throw new InvalidDataException(FormattableString.Invariant($"the certificate expired on {own.NotAfter.ToUniversalTime():yyyy-MM-dd}; issue a new one"));
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(texts[0]);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    private static X509Certificate2 Pair(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"these are no certificate and its private key, both as PEM and the key without a password ({e.Message})", e);
        }
    }
}
