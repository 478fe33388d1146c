using Microsoft.Extensions.Logging;

namespace Tendril.Agent;

/// <summary>
/// What the user asked for, already checked. Defaults, ranges and what each extreme costs stand in <see cref="AgentOptionsTable"/>,
/// which also writes the help; a property here without a row there keeps the type's default.
/// </summary>
internal sealed class AgentOptions
{
    /// <summary>Read when no other file is named; it need not exist.</summary>
    public const string DefaultConfigFile = "/etc/tendril/agent.conf";

    /// <summary>Where reports go: http (cleartext HTTP/2) or https.</summary>
    public Uri Operator { get; internal set; } = null!;

    /// <summary>Who vouches for the operator; null: whom this system trusts.</summary>
    public string? OperatorAuthorityFile { get; internal set; }

    /// <summary>The agent's certificate for its host, and its key; null: none, or the one in <see cref="StateDirectory"/>.</summary>
    public string? CertificateFile { get; internal set; }

    public string? KeyFile { get; internal set; }

    /// <summary>Lets it fetch a certificate the first time; null: it cannot.</summary>
    public string? JoinTokenFile { get; internal set; }

    /// <summary>Where a certificate that it fetched is kept.</summary>
    public string StateDirectory { get; internal set; } = "";

    /// <summary>As the user wrote it: below the cgroup v2 mount, or a whole path. "/" is the whole host.</summary>
    public string Cgroup { get; internal set; } = "";

    /// <summary>Interfaces whose packets are counted as well.</summary>
    public List<string> XdpInterfaces { get; } = [];

    public int EventsPerSecond { get; internal set; }

    public TimeSpan CounterInterval { get; internal set; }

    public TimeSpan EventInterval { get; internal set; }

    /// <summary>Zero: never.</summary>
    public TimeSpan SnapshotInterval { get; internal set; }

    public int MaxDependencies { get; internal set; }

    /// <summary>Of one process, those it calls and those that call it apart.</summary>
    public int MaxDependenciesPerProcess { get; internal set; }

    public int MaxFlows { get; internal set; }

    public int MaxListeners { get; internal set; }

    public int MaxConnecting { get; internal set; }

    /// <summary>A power of two and a multiple of the page size.</summary>
    public int RingBytes { get; internal set; }

    /// <summary>File that all events are written to; null: none.</summary>
    public string? RecordFile { get; internal set; }

    /// <summary>File that events come from in place of the kernel; null: the kernel.</summary>
    public string? ReplayFile { get; internal set; }

    public bool IncludeSelf { get; internal set; }

    public LogLevel LogLevel { get; internal set; }

    public bool Doctor { get; internal set; }

    public bool ShowVersion { get; internal set; }

    public bool ShowHelp { get; internal set; }

    /// <summary>The file that was asked for; null: <see cref="DefaultConfigFile"/> if it exists.</summary>
    public string? ConfigFile { get; internal set; }

    /// <summary>UDP is not counted, and names from DNS and TLS are not seen.</summary>
    public bool WithoutPackets { get; internal set; }

    /// <summary>Bare words of command lines are captured too.</summary>
    public bool Words { get; internal set; }

    /// <summary>Patterns of what is left out of what processes say of themselves.</summary>
    public List<string> Redacted { get; } = [];

    /// <summary>"auto", "iterators" or "proc".</summary>
    public string FindSockets { get; internal set; } = "auto";

    /// <summary>Reads flags, environment and file; a flag beats the environment, which beats the file.</summary>
    /// <param name="readFile">Gives a file's text, null where there is no such file; may throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static AgentOptionsResult Parse(
        IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment, Func<string, string?> readFile)
        => new AgentOptionsParser(environment, readFile).Parse(args);
}

/// <summary>Options, or everything that is wrong with them: exactly one of the two.</summary>
internal sealed record AgentOptionsResult(AgentOptions? Options, IReadOnlyList<AgentOptionError> Errors);

/// <summary>One wrong option.</summary>
/// <param name="Source">"flag", "environment" or "file:line".</param>
/// <param name="Key">As the user wrote it.</param>
/// <param name="Value">As the user wrote it; null where there is none.</param>
/// <param name="Remedy">What would be right.</param>
internal sealed record AgentOptionError(string Source, string Key, string? Value, string Remedy)
{
    public override string ToString() => Value is null ? $"{Source}: {Key}: {Remedy}" : $"{Source}: {Key} = \"{Value}\": {Remedy}";
}
