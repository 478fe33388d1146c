using System.Net;

namespace Tendril.Operator.Doors;

/// <summary>Holds that whoever comes from another machine comes encrypted and known, and says what is missing for that.</summary>
internal static class DoorSettings
{
    /// <summary>What is wrong with the settings of the doors together.</summary>
    public static IEnumerable<string> Check(OperatorOptions options)
    {
        if (options.TlsCertificateFile is null != options.TlsKeyFile is null)
        {
            var (given, missing) = options.TlsKeyFile is null ? ("--tls-cert", "--tls-key") : ("--tls-key", "--tls-cert");
            yield return $"{given}: needs {missing} too, as `tendril certs issue` makes them";
        }

        if (options.AgentAuthorityFile is not null && options.TlsCertificateFile is null)
        {
            yield return "--agent-ca: needs --tls-cert and --tls-key, for certificates are shown over TLS";
        }

        if (options.AgentAuthorityKeyFile is not null && (options.AgentAuthorityFile is null || options.TokensFile is null))
        {
            yield return "--agent-ca-key: needs --agent-ca, and --tokens with an admin in it, who makes the join tokens";
        }

        if (options.TrustedProxyHeader is null != (options.TrustedProxies.Count == 0))
        {
            var (given, missing) = options.TrustedProxyHeader is null ? ("--trusted-proxies", "--trusted-proxy-header") : ("--trusted-proxy-header", "--trusted-proxies");
            yield return $"{given}: needs {missing} too: the header is believed only from addresses that are listed";
        }

        if (options.AllowRemote)
        {
            yield break;
        }

        if (!IPAddress.IsLoopback(options.Http.Address) && Missing(("--tls-cert and --tls-key", options.HasTls), ("--tokens", options.WantsSignIn)) is { } http)
        {
            yield return Unsafe("--http", options.Http, "sees the graph", http);
        }

        if (!IPAddress.IsLoopback(options.Grpc.Address)
            && Missing(("--tls-cert and --tls-key", options.HasTls), ("--agent-ca", options.AgentAuthorityFile is not null), ("--tokens", options.WantsSignIn)) is { } grpc)
        {
            yield return Unsafe("--grpc", options.Grpc, "may send reports and read flows", grpc);
        }
    }

    /// <summary>What is wrong with the files that the settings name.</summary>
    public static IEnumerable<string> CheckFiles(OperatorOptions options, DateTimeOffset now) =>
        new[] { ServerCertificate.Check(options, now), AgentAuthority.Check(options), Tokens.Check(options), IssuingAuthority.Check(options) }.OfType<string>();

    private static string? Missing(params (string Flags, bool IsThere)[] needed) =>
        string.Join(", and ", needed.Where(need => !need.IsThere).Select(need => need.Flags)) is { Length: > 0 } missing ? missing : null;

    private static string Unsafe(string flag, IPEndPoint endpoint, string consequence, string missing) =>
        $"{flag}: {endpoint} can be reached from other machines, and without more everybody who reaches it {consequence}. Add {missing} "
        + "(`tendril certs` makes the files), use 127.0.0.1, or say --allow-remote in a network you trust";
}
