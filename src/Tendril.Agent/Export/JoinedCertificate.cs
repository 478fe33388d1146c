using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Tendril.Protocol;
using Tendril.Protocol.Credentials;

namespace Tendril.Agent.Export;

/// <summary>
/// The certificate that the agent fetched for itself, in its state directory: by a join token the first time, by the certificate before from then on. The key
/// is made here and never leaves.
/// </summary>
internal sealed partial class JoinedCertificate(AgentOptions options, string hostId, TimeProvider time, ILogger logger)
{
    /// <summary>Certificate and key in one file, so that no moment leaves one without the other.</summary>
    private const string OwnFile = "agent.pem";
    private const string AuthorityFile = "ca.crt";

    /// <summary>Made for a join or a renewal that is under way: the same one again after a lost answer.</summary>
    private const string NextKeyFile = "next.key";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>Between tries to renew.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    private DateTimeOffset _renewAt = DateTimeOffset.MaxValue;

    /// <summary>A joined certificate, or the way to one.</summary>
    public bool IsUsed => options.CertificateFile is null && (options.JoinTokenFile is not null || File.Exists(PathOf(OwnFile)));

    /// <summary>Two thirds of the certificate's life are over.</summary>
    public bool IsRenewalDue => time.GetUtcNow() >= _renewAt;

    /// <summary>For the next connection, after joining or renewing if that is due.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="RpcException">The operator does not answer, or refuses.</exception>
    public async Task<SslClientAuthenticationOptions> PrepareAsync(CancellationToken cancellation)
    {
        if (!File.Exists(PathOf(OwnFile)))
        {
            await JoinAsync(cancellation);
        }

        var tls = Read();
        if (options.JoinTokenFile is not null && tls.ClientCertificateContext!.TargetCertificate.NotAfter < time.GetUtcNow())
        {
            await JoinAsync(cancellation);
            tls = Read();
        }

        if (IsRenewalDue)
        {
            try
            {
                await RenewAsync(tls, cancellation);
                return Read();
            }
            catch (Exception exception) when (exception is RpcException or IOException)
            {
                _renewAt = time.GetUtcNow() + RetryAfter;
                Log.NotRenewed(logger, exception is RpcException rpc ? rpc.Status.Detail : exception.Message, RetryAfter.TotalMinutes);
            }
        }

        return tls;
    }

    /// <summary>Holds that what is there can be used.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public void Check()
    {
        if (File.Exists(PathOf(OwnFile)))
        {
            Read();
        }
        else
        {
            ReadToken();
        }
    }

    private JoinToken ReadToken() => OperatorCredentials.Using("--join-token-file", options.JoinTokenFile!, () =>
        JoinToken.Parse(File.ReadAllText(options.JoinTokenFile!)) ?? throw new CryptographicException("it is no join token; `tendril certs join-token` makes them"));

    private SslClientAuthenticationOptions Read()
    {
        var tls = OperatorCredentials.Using("--state", PathOf(OwnFile), () =>
        {
            var own = File.ReadAllText(PathOf(OwnFile));
            return OperatorCredentials.Show(own, own, File.ReadAllText(options.OperatorAuthorityFile ?? PathOf(AuthorityFile)));
        });
        var own = tls.ClientCertificateContext!.TargetCertificate;
        var (begin, end) = (new DateTimeOffset(own.NotBefore), new DateTimeOffset(own.NotAfter));
        var due = begin + (end - begin) * 2 / 3;
        // A try that failed waits, whatever the certificate says.
        _renewAt = _renewAt != DateTimeOffset.MaxValue && _renewAt > due ? _renewAt : due;
        return tls;
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        var token = ReadToken();
        var authority = await FindAuthorityAsync(token, cancellation);
        using var key = NextKey();
        using var channel = Channel(new() { CertificateChainPolicy = OperatorTrust(authority) });
        var request = new JoinRequest { Secret = ByteString.CopyFrom(token.Secret), MachineId = hostId, SigningRequest = ByteString.CopyFrom(key.Request(hostId)) };
        var reply = await new Joining.JoiningClient(channel).JoinAsync(request, deadline: Deadline(), cancellationToken: cancellation);
        Keep(reply, key);
        Log.Joined(logger, options.Operator, options.StateDirectory);
    }

    /// <summary>Asks whoever answers for the authority, telling it nothing, and takes only the one that the token names.</summary>
    private async Task<X509Certificate2> FindAuthorityAsync(JoinToken token, CancellationToken cancellation)
    {
        using var channel = Channel(new() { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null });
        var reply = await new Joining.JoiningClient(channel).GetAuthorityAsync(new AuthorityRequest(), deadline: Deadline(), cancellationToken: cancellation);
        var authority = OperatorCredentials.Using("the operator", "its authority", () => CertificateCheck.ReadAuthorities(reply.CertificatePem)[0]);
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(authority.RawData), token.Fingerprint) ? authority
            : throw new RpcException(new Status(StatusCode.PermissionDenied, "its authority is not the one that the join token names: this is another operator than the one that made the token"));
    }

    private X509ChainPolicy OperatorTrust(X509Certificate2 authority) => options.OperatorAuthorityFile is { } file
        ? OperatorCredentials.Using("--operator-ca", file, () => CertificateCheck.TrustOnly(CertificateCheck.ReadAuthorities(File.ReadAllText(file))))
        : CertificateCheck.TrustOnly([authority]);

    private async Task RenewAsync(SslClientAuthenticationOptions tls, CancellationToken cancellation)
    {
        using var key = NextKey();
        using var channel = Channel(tls);
        var request = new RenewRequest { SigningRequest = ByteString.CopyFrom(key.Request(hostId)) };
        Keep(await new Joining.JoiningClient(channel).RenewAsync(request, deadline: Deadline(), cancellationToken: cancellation), key);
        _renewAt = DateTimeOffset.MaxValue;
        Log.Renewed(logger);
    }

    private AgentKey NextKey() => OperatorCredentials.Using("--state", PathOf(NextKeyFile), () =>
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (File.Exists(PathOf(NextKeyFile)))
        {
            return AgentKey.Load(File.ReadAllText(PathOf(NextKeyFile)));
        }

        var key = AgentKey.Create();
        SecretFile.Replace(PathOf(NextKeyFile), key.Pem);
        return key;
    });

    // The authority first: until the certificate is there too the agent joins again, with the key that is kept until then.
    private void Keep(CertificateReply reply, AgentKey key) => OperatorCredentials.Using("--state", options.StateDirectory, () =>
    {
        // Proves that they belong together before anything that works is replaced.
        X509Certificate2.CreateFromPem(reply.CertificatePem, key.Pem).Dispose();
        SecretFile.Replace(PathOf(AuthorityFile), reply.AuthorityPem);
        SecretFile.Replace(PathOf(OwnFile), reply.CertificatePem + key.Pem);
        File.Delete(PathOf(NextKeyFile));
        return true;
    });

    private GrpcChannel Channel(SslClientAuthenticationOptions tls) =>
        GrpcChannel.ForAddress(options.Operator, new GrpcChannelOptions { HttpHandler = OperatorSession.CreateHandler(tls), DisposeHttpClient = true });

    private DateTime Deadline() => time.GetUtcNow().UtcDateTime + AnswerWithin;

    private string PathOf(string file) => Path.Combine(options.StateDirectory, file);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "joined the operator at {Operator}; this host's certificate is in {Directory}")]
        public static partial void Joined(ILogger logger, Uri @operator, string directory);

        [LoggerMessage(2, LogLevel.Information, "renewed this host's certificate")]
        public static partial void Renewed(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "this host's certificate could not be renewed ({Reason}); it is used on, next try in {Minutes} min")]
        public static partial void NotRenewed(ILogger logger, string reason, double minutes);
    }
}
