using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tendril.Protocol.Credentials;

namespace Tendril.Agent.Export;

/// <summary>What the agent shows an operator over TLS, and whom it takes for one. Files are read for each connection, so new ones need no restart.</summary>
internal sealed class OperatorCredentials(AgentOptions options)
{
    /// <summary>Holds at the start that the files can be used.</summary>
    /// <exception cref="AgentStartException">They cannot; the message says which and why.</exception>
    public static void Check(AgentOptions options)
    {
        try
        {
            new OperatorCredentials(options).Read();
        }
        catch (IOException exception)
        {
            throw new AgentStartException(exception.Message);
        }
    }

    /// <summary>For the next connection; null without TLS.</summary>
    /// <exception cref="IOException">A file cannot be used.</exception>
    public SslClientAuthenticationOptions? Read()
    {
        if (options.Operator.Scheme != "https")
        {
            return null;
        }

        var tls = new SslClientAuthenticationOptions();
        if (options.OperatorAuthorityFile is { } file)
        {
            tls.CertificateChainPolicy = Using("--operator-ca", file, () => CertificateCheck.TrustOnly(CertificateCheck.ReadAuthorities(File.ReadAllText(file))));
        }

        if (options.CertificateFile is { } certificate && options.KeyFile is { } key)
        {
            tls.ClientCertificateContext = Using("--cert, --key", $"{certificate} and {key}", () => Context(File.ReadAllText(certificate), File.ReadAllText(key)));
        }

        return tls;
    }

    private static SslStreamCertificateContext Context(string certificatePem, string keyPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificatePem, keyPem), chain, offline: true);
    }

    private static T Using<T>(string flag, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new IOException($"{flag}: {file} cannot be used: {exception.Message}", exception);
        }
    }
}
