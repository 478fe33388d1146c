using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tendril.Protocol.Credentials;

namespace Tendril.Cli.Operator;

/// <summary>What an operator is shown, and whom it is taken from.</summary>
/// <param name="Token">Null: none.</param>
/// <param name="Authorities">Null: whom this system trusts.</param>
internal sealed record OperatorAccess(string? Token, X509Certificate2Collection? Authorities)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>"Bearer …", for the header Authorization; null: none.</summary>
    public string? Authorization => Token is null ? null : "Bearer " + Token;

    public static OperatorAccess Read(Uri address, string? tokenFile, string? authorityFile)
    {
        var token = tokenFile is null ? null : Using("--token-file", tokenFile, () => File.ReadAllText(tokenFile).Trim());
        if (token is not null && address.Scheme != "https" && !address.IsLoopback)
        {
            throw new CommandFailedException(
                CommandFailedException.WronglyUsed, $"a token is shown over TLS only, and {address.OriginalString} is without.", "Give an address that begins with https://.");
        }

        if (token is not null && (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
        {
            throw new CommandFailedException(CommandFailedException.WronglyUsed, $"--token-file: {tokenFile} is not a token and nothing else.", "`tendril certs token` makes such files.");
        }

        return new(token, authorityFile is null ? null : Using("--ca-file", authorityFile, () => CertificateCheck.ReadAuthorities(File.ReadAllText(authorityFile))));
    }

    public SocketsHttpHandler Handler(Uri address)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseProxy = !address.IsLoopback };
        if (Authorities is not null)
        {
            handler.SslOptions = new() { CertificateChainPolicy = CertificateCheck.TrustOnly(Authorities) };
        }

        return handler;
    }

    private static T Using<T>(string option, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CommandFailedException(CommandFailedException.WronglyUsed, $"{option}: {file} cannot be used: {fault.Message}", "");
        }
    }
}
