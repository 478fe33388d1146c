using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Doors;

/// <summary>The authority with its key, for an operator that gives agents their certificates.</summary>
internal sealed class IssuingAuthority(OperatorOptions options, TimeProvider clock, ILogger<IssuingAuthority> log)
{
    private const string Flag = "--agent-ca, --agent-ca-key";

    private readonly KeptFiles<CertificateAuthority>? _files =
        IsAsked(options) ? new(Flag, [options.AgentAuthorityFile!, options.AgentAuthorityKeyFile!], Read, log) : null;

    /// <summary>Null where agents have to bring their certificates.</summary>
    public CertificateAuthority? Current => _files?.Current;

    /// <summary>Null, or what is wrong with the files.</summary>
    public static string? Check(OperatorOptions options) =>
        IsAsked(options) ? KeptFiles<CertificateAuthority>.Check(Flag, [options.AgentAuthorityFile!, options.AgentAuthorityKeyFile!], Read) : null;

    /// <summary>A certificate for the key in an agent's request.</summary>
    public string Issue(CertificateAuthority authority, string hostId, byte[] signingRequest) => authority.IssueAgent(hostId, signingRequest, clock.GetUtcNow());

    private static bool IsAsked(OperatorOptions options) => options is { AgentAuthorityFile: not null, AgentAuthorityKeyFile: not null };

    private static CertificateAuthority Read(IReadOnlyList<string> texts) => CertificateAuthority.Load(texts[0], texts[1]);
}
