using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Tendril.Operator.Ingest;
using Tendril.Protocol;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Doors;

/// <summary>Gives agents their certificates: the first for a join token, the next ones for the certificate before.</summary>
internal sealed partial class JoiningService(
    IssuingAuthority issuing, AgentAuthority agents, JoinTokens tokens, FailedSignIns failed, ILogger<JoiningService> log) : Joining.JoiningBase
{
    private const int MaxRequestBytes = 8_192;

    public override Task<AuthorityReply> GetAuthority(AuthorityRequest request, ServerCallContext context) =>
        Task.FromResult(new AuthorityReply { CertificatePem = Authority().CertificatePem });

    public override Task<CertificateReply> Join(JoinRequest request, ServerCallContext context)
    {
        var authority = Authority();
        var address = context.GetHttpContext().Connection.RemoteIpAddress;
        if (failed.IsBlocked(address))
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "join token: too many wrong ones came from this address; try again later"));
        }

        IngestLimits.Require(HostId.IsValid(request.MachineId), "machine_id", HostId.Expected);
        var (secret, key) = (request.Secret.ToByteArray(), PublicKeyOf(request.SigningRequest));
        if (tokens.Redeem(secret, request.MachineId, key) is not { } hostId)
        {
            failed.Count(address);
            throw new RpcException(new Status(StatusCode.Unauthenticated,
                $"join token: it is not known, was used before, or is older than {JoinTokens.Lifetime.TotalMinutes} minutes; make a new one with `tendril certs join-token {request.MachineId}`"));
        }

        if (hostId != request.MachineId)
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied,
                $"join token: it is for host {hostId}, not for host {request.MachineId}; make one for that with `tendril certs join-token {request.MachineId}`"));
        }

        return Task.FromResult(Issue(authority, hostId, request.SigningRequest, "joined"));
    }

    public override Task<CertificateReply> Renew(RenewRequest request, ServerCallContext context)
    {
        var authority = Authority();
        var hostId = agents.Pass(context.GetHttpContext()).HostId!;
        PublicKeyOf(request.SigningRequest);
        return Task.FromResult(Issue(authority, hostId, request.SigningRequest, "renewed its certificate"));
    }

    private CertificateReply Issue(CertificateAuthority authority, string hostId, ByteString request, string what)
    {
        var issued = issuing.Issue(authority, hostId, request.ToByteArray());
        Log.Issued(log, hostId, what);
        return new() { CertificatePem = issued, AuthorityPem = authority.CertificatePem };
    }

    private CertificateAuthority Authority() => issuing.Current
        ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, "this operator gives no certificates: it was started without --agent-ca-key"));

    private static byte[] PublicKeyOf(ByteString request)
    {
        IngestLimits.Require(request.Length is > 0 and <= MaxRequestBytes, "signing_request", $"a PKCS #10 request of at most {MaxRequestBytes} bytes");
        try
        {
            var key = CertificateRequest.LoadSigningRequest(request.ToByteArray(), HashAlgorithmName.SHA256).PublicKey;
            using var elliptic = key.GetECDsaPublicKey();
            IngestLimits.Require(elliptic is { KeySize: >= 256 }, "signing_request", "its key must be an elliptic one of 256 bits or more");
            return key.ExportSubjectPublicKeyInfo();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "signing_request: it is no PKCS #10 request that its own key signed"));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Agent of host {HostId} {What}.", EventName = nameof(Issued))]
        public static partial void Issued(ILogger logger, string hostId, string what);
    }
}
