using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Tendril.Operator.Ingest;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Doors;

/// <summary>Which host an agent may speak for.</summary>
/// <param name="HostId">Null: any, where no certificates are asked for.</param>
/// <param name="Until">When its certificate ends.</param>
internal sealed record AgentPass(string? HostId, DateTimeOffset Until)
{
    public static readonly AgentPass Any = new(null, DateTimeOffset.MaxValue);
}

/// <summary>Whom the operator trusts to say which host an agent is of.</summary>
internal sealed class AgentAuthority(OperatorOptions options, Rejections rejections, TimeProvider clock, ILogger<AgentAuthority> log)
{
    private const string Flag = "--agent-ca";

    private readonly KeptFiles<X509Certificate2Collection>? _files =
        options.AgentAuthorityFile is { } file ? new(Flag, [file], Read, log) : null;

    /// <summary>Null, or what is wrong with the file.</summary>
    public static string? Check(OperatorOptions options) =>
        options.AgentAuthorityFile is { } file ? KeptFiles<X509Certificate2Collection>.Check(Flag, [file], Read) : null;

    /// <summary>The host that the caller's certificate is for.</summary>
    /// <exception cref="RpcException">It has none, or one that does not do.</exception>
    public AgentPass Pass(HttpContext context)
    {
        if (_files is null)
        {
            return AgentPass.Any;
        }

        if (context.Connection.ClientCertificate is not { } certificate)
        {
            throw Refused("this operator takes only agents that show a certificate. Start the agent with --cert and --key "
                + "(`tendril certs issue` makes them), or with --join-token-file");
        }

        var reason = CertificateCheck.OfAgent(certificate, _files.Current, clock.GetUtcNow()) ?? (HostId.Of(certificate) is null ? "its subject is not one host id" : null);
        return reason is null ? new(HostId.Of(certificate), new(certificate.NotAfter)) : throw Refused($"the agent's does not do: {reason}");
    }

    /// <summary>Holds an agent to the host that its certificate is for.</summary>
    public void RequireHost(AgentPass pass, string hostId)
    {
        if (pass.HostId is { } own && own != hostId)
        {
            rejections.Add(Rejections.OtherHost);
            throw new RpcException(new Status(StatusCode.PermissionDenied,
                $"hello.machine_id: the agent's certificate is for host {own}, so it cannot speak for host {hostId}; give that host a certificate of its own"));
        }
    }

    /// <summary>Ends a stream that is older than its certificate.</summary>
    public void RequireCurrent(AgentPass pass)
    {
        if (clock.GetUtcNow() > pass.Until)
        {
            throw Refused("the agent's expired while it was connected");
        }
    }

    private RpcException Refused(string reason)
    {
        rejections.Add(Rejections.Certificate);
        return new(new Status(StatusCode.Unauthenticated, "certificate: " + reason));
    }

    private static X509Certificate2Collection Read(IReadOnlyList<string> texts) => CertificateCheck.ReadAuthorities(texts[0]);
}
