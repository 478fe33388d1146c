using System.Net;
using Tendril.Operator.Naming;

namespace Tendril.Operator;

/// <summary>All settings of the operator. <see cref="OperatorSettings"/> has their names, help and parsers.</summary>
internal sealed class OperatorOptions
{
    /// <summary>REST, live stream and dashboard, HTTP/1.1. Port 0 takes a free one.</summary>
    public IPEndPoint Http { get; set; } = new(IPAddress.Loopback, 8080);

    /// <summary>Agents and `tendril observe`, HTTP/2. Port 0 takes a free one.</summary>
    public IPEndPoint Grpc { get; set; } = new(IPAddress.Loopback, 50051);

    /// <summary>Rules that name services; null: none.</summary>
    public string? RulesFile { get; set; }

    /// <summary>Keeps the graph over restarts; null: nothing is kept.</summary>
    public string? MemoryFile { get; set; }

    /// <summary>Size of that file, from which on the oldest is forgotten for the newest. Its log may take as much for a moment.</summary>
    public int MaxMemoryBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Silent for this long, without open connections: "idle". Below the agents' second of reporting, edges flicker.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Silent for this long: "gone".</summary>
    public TimeSpan GoneAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gone for this long: it leaves the graph. Long values keep history in view and in memory.</summary>
    public TimeSpan RetainGone { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Edges beyond this are folded into one visible node. About 1 KB of memory each.</summary>
    public int MaxEdges { get; set; } = 100_000;

    /// <summary>Outside addresses without a name that are nodes of their own; more are folded into one visible node.</summary>
    public int MaxExternal { get; set; } = 2_000;

    /// <summary>Addresses without a name that one service may call, and as many that may call it; more are folded into one visible node of that service.</summary>
    public int MaxAddressesPerService { get; set; } = 1_000;

    /// <summary>Dependency keys kept, of which an edge has one or more; more are refused and counted. About 300 bytes of memory each.</summary>
    public int MaxDependencies { get; set; } = 2_000_000;

    /// <summary>Hosts that may be known at a time; the next one is refused by name.</summary>
    public int MaxAgents { get; set; } = 1_000;

    /// <summary>Process records kept for each agent; more are counted as rejected.</summary>
    public int MaxProcesses { get; set; } = 65_536;

    /// <summary>A client of a live stream that takes nothing for this long is cut off. Until then it holds what it was given, at most the whole graph as JSON.</summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Flow events a second that each agent may send while nobody observes.</summary>
    public int FlowEvents { get; set; } = 200;

    /// <summary>Flow events a second that each agent may send while somebody observes.</summary>
    public int ObservedFlowEvents { get; set; } = 5_000;

    /// <summary>Shows the operator's and the agents' own traffic too.</summary>
    public bool IncludeSelf { get; set; }

    /// <summary>The operator's certificate, PEM, followed by what lies between it and its authority. With it both ports speak TLS only.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>Its private key, PEM without a password.</summary>
    public string? TlsKeyFile { get; set; }

    public bool HasTls => TlsCertificateFile is not null && TlsKeyFile is not null;

    /// <summary>Agents must show a certificate that one of these authorities issued for their host; null: none is asked for.</summary>
    public string? AgentAuthorityFile { get; set; }

    /// <summary>The key of that authority, so that agents with a join token are given a certificate; null: they bring one.</summary>
    public string? AgentAuthorityKeyFile { get; set; }

    /// <summary>Digests of the tokens that people and programs sign in with; null: none are asked for.</summary>
    public string? TokensFile { get; set; }

    /// <summary>A header in which a proxy says who it let in; null: none is believed.</summary>
    public string? TrustedProxyHeader { get; set; }

    /// <summary>Where such proxies are; from elsewhere the header says nothing.</summary>
    public IReadOnlyList<AddressRange> TrustedProxies { get; set; } = [];

    /// <summary>Who reads must be known.</summary>
    public bool WantsSignIn => TokensFile is not null || TrustedProxyHeader is not null;

    /// <summary>Messages a second that one agent may send; ten seconds' worth may come at once. An agent at its defaults sends ten.</summary>
    public int MaxAgentMessages { get; set; } = 2_000;

    /// <summary>The same in bytes.</summary>
    public int MaxAgentBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Allows addresses beyond loopback without TLS and without credentials.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>More host names that browsers may use to reach the dashboard; others are refused against DNS rebinding.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];
}
