using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tendril.Protocol.Credentials;

namespace Tendril.Agent.Export;

/// <summary>What the agent shows an operator over TLS, and whom it takes for one. Files are read for each connection, so new ones need no restart.</summary>
internal sealed class OperatorCredentials(AgentOptions options, string hostId, TimeProvider time, ILogger logger)
{
    private readonly JoinedCertificate _joined = new(options, hostId, time, logger);

    private bool HasTls => options.Operator.Scheme == "https";

    /// <summary>The connection should end so that the next one has a new certificate.</summary>
    public bool IsRenewalDue => HasTls && _joined.IsRenewalDue;

    /// <summary>Holds at the start that the files can be used.</summary>
    /// <exception cref="AgentStartException">They cannot; the message says which and why.</exception>
    public void Check()
    {
        try
        {
            if (HasTls && _joined.IsUsed)
            {
                _joined.Check();
            }
            else
            {
                Read();
            }
        }
        catch (IOException exception)
        {
            throw new AgentStartException(exception.Message);
        }
    }

    /// <summary>For the next connection; null without TLS.</summary>
    /// <exception cref="IOException">A file cannot be used.</exception>
    /// <exception cref="Grpc.Core.RpcException">The operator did not give a certificate.</exception>
    public async Task<SslClientAuthenticationOptions?> PrepareAsync(CancellationToken cancellation) =>
        HasTls && _joined.IsUsed ? await _joined.PrepareAsync(cancellation) : Read();

    /// <summary>Shows a certificate to whoever these authorities vouch for.</summary>
    public static SslClientAuthenticationOptions Show(string certificatePem, string keyPem, string? authoritiesPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        return new()
        {
            CertificateChainPolicy = authoritiesPem is null ? null : CertificateCheck.TrustOnly(CertificateCheck.ReadAuthorities(authoritiesPem)),
            ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificatePem, keyPem), chain, offline: true),
        };
    }

    /// <summary>Says of a file that cannot be used which it is.</summary>
    public static T Using<T>(string flag, string file, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new IOException($"{flag}: {file} cannot be used: {exception.Message}", exception);
        }
    }

    private SslClientAuthenticationOptions? Read()
    {
        if (!HasTls)
        {
            return null;
        }

        var authorities = options.OperatorAuthorityFile is { } file ? Using("--operator-ca", file, () => File.ReadAllText(file)) : null;
        if (options.CertificateFile is { } certificate && options.KeyFile is { } key)
        {
            return Using("--operator-ca, --cert, --key", $"{certificate} and {key}", () => Show(File.ReadAllText(certificate), File.ReadAllText(key), authorities));
        }

        return new()
        {
            CertificateChainPolicy = authorities is null ? null : Using("--operator-ca", options.OperatorAuthorityFile!, () => CertificateCheck.TrustOnly(CertificateCheck.ReadAuthorities(authorities))),
        };
    }
}
