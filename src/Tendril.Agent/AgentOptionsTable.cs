namespace Tendril.Agent;

/// <summary>Where an option may be given.</summary>
internal enum OptionPlace
{
    /// <summary>Flag, environment and file.</summary>
    Anywhere = 0,

    /// <summary>Flag and environment: it says where the file is.</summary>
    NotInFile = 1,

    /// <summary>Only as a flag: it asks for another action.</summary>
    FlagOnly = 2,
}

/// <summary>One option. Parsing, help and errors all come from it.</summary>
/// <param name="Name">Without dashes: "counter-interval".</param>
/// <param name="Placeholder">What stands for its value in the help; null for a switch.</param>
/// <param name="Default">In the form a user would write; null: nothing is set.</param>
/// <param name="Description">What it does, with its unit, and what each extreme costs.</param>
/// <param name="Apply">Sets the value, or says what would be right.</param>
internal sealed record AgentOption(
    string Group, string Name, string? Placeholder, string? Default, string Description, Func<AgentOptions, string, string?> Apply)
{
    public OptionPlace Place { get; init; }

    /// <summary>May be given more than once; empties the list before a stronger source fills it. Null: once only.</summary>
    public Action<AgentOptions>? Clear { get; init; }

    public string Flag => "--" + Name;

    public string EnvironmentName => "TENDRIL_" + Name.ToUpperInvariant().Replace('-', '_');
}

/// <summary>All options there are, in the order the help shows them.</summary>
internal static class AgentOptionsTable
{
    private const string Reporting = "Where to report";
    private const string Watching = "What to watch";
    private const string Pace = "How often";
    private const string Sizes = "How much is held (full is counted and reported, never silent)";
    private const string Running = "Running";

    public static IReadOnlyList<AgentOption> All { get; } =
    [
        new(Reporting, "operator", "URL", "http://127.0.0.1:50051",
            "Operator's gRPC address: http:// (cleartext) or https://. While it does not answer, counting goes on and nothing is lost.",
            OptionValues.OperatorUrl),
        new(Reporting, "operator-ca", "FILE", null,
            "Who vouches for an https:// operator: a certificate as PEM, such as ca.crt of `tendril certs init`. Without it whoever this system trusts.",
            OptionValues.FilePath((options, value) => options.OperatorAuthorityFile = value)),
        new(Reporting, "cert", "FILE", null,
            "This host's certificate for an https:// operator that asks for one (PEM), from `tendril certs issue`. Read again with each connection.",
            OptionValues.FilePath((options, value) => options.CertificateFile = value)),
        new(Reporting, "key", "FILE", null,
            "Private key of --cert (PEM).",
            OptionValues.FilePath((options, value) => options.KeyFile = value)),
        new(Reporting, "join-token-file", "FILE", null,
            "In place of --cert: a file with a join token (`tendril certs join-token`). The agent makes a key, fetches its certificate once and renews it by itself.",
            OptionValues.FilePath((options, value) => options.JoinTokenFile = value)),
        new(Reporting, "state", "DIR", "/var/lib/tendril-agent",
            "Where a certificate that was fetched is kept, readable by its owner alone. Once it is there the join token is needed no more.",
            OptionValues.FilePath((options, value) => options.StateDirectory = value)),

        new(Watching, "cgroup", "PATH", "/",
            "Watch only processes in this cgroup and below it: a path below the cgroup v2 mount, or a whole one. The default is the whole host.",
            OptionValues.CgroupPath),
        new(Watching, "xdp", "IFACE", null,
            "Count TCP on the wire of this interface too; may be given more than once. Costs a little for each packet received there; a warning and no more where the kernel refuses.",
            OptionValues.Interface) { Clear = options => options.XdpInterfaces.Clear() },
        new(Watching, "find-sockets", "WAY", "auto",
            "How sockets from before the start are found: iterators (BPF, kernel 6.1 with BTF), proc (sock_diag and /proc: every kernel, but a look at all processes), or auto for the first that works.",
            OptionValues.OneOf(["auto", "iterators", "proc"], (options, value) => options.FindSockets = value)),
        new(Watching, "without-packets", null, null,
            "Do not look at packets: UDP is then not counted, and outside addresses have no names from DNS and TLS. Saves a look at each packet, about 5 % of what a short connection on loopback costs.",
            OptionValues.Switch((options, value) => options.WithoutPackets = value)),
        new(Watching, "arguments", "WHICH", "program",
            "What is captured of command lines: program (the script, module, jar or application that an interpreter or launcher runs) or words (also bare words right after it, such as \"worker\", for rules to match). Never options, their values or assignments.",
            OptionValues.OneOf(["program", "words"], (options, value) => options.Words = value == "words")),
        new(Watching, "redact", "PATTERN", null,
            "Leave out an argument or a service name from an environment that fits this pattern with * and ?; may be given more than once. * leaves out all: programs are then known by their executables.",
            OptionValues.Pattern) { Clear = options => options.Redacted.Clear() },
        new(Watching, "include-self", null, null,
            "Show the agent's and the operator's own traffic as well.",
            OptionValues.Switch((options, value) => options.IncludeSelf = value)),

        new(Pace, "events-per-second", "N", "200",
            "Flow events sent each second beyond the first of every dependency, 0 to 1000000. Counters are exact whatever it is; more shows more single connections and costs CPU with every connection made.",
            OptionValues.Integer(0, 1_000_000, (options, value) => options.EventsPerSecond = value)),
        new(Pace, "counter-interval", "TIME", "1s",
            "How often counters are read and sent, 100ms to 1m. Shorter shows changes sooner and costs CPU for each dependency; longer makes the picture late by as much.",
            OptionValues.Duration("100ms", "1m", orZero: false, (options, value) => options.CounterInterval = value)),
        new(Pace, "event-interval", "TIME", "200ms",
            "How often flow events are collected, 10ms to 10s. Shorter finds more short-lived processes still alive to be named; longer needs a larger ring.",
            OptionValues.Duration("10ms", "10s", orZero: false, (options, value) => options.EventInterval = value)),
        new(Pace, "snapshot-interval", "TIME", "5s",
            "How often the bytes of open connections are read, 1s to 1h, or 0 for never: bytes then count when a connection closes. Costs CPU for each open connection.",
            OptionValues.Duration("1s", "1h", orZero: true, (options, value) => options.SnapshotInterval = value)),

        new(Sizes, "max-dependencies", "N", "32768",
            "Dependencies counted in the kernel, 64 to 4194304; about 350 bytes each, and half as many again in the agent. Beyond it new addresses of a process are counted together as \"other addresses\".",
            OptionValues.Integer(64, 4_194_304, (options, value) => options.MaxDependencies = value)),
        new(Sizes, "max-dependencies-per-process", "N", "2048",
            "Addresses and ports that one process calls, and as many clients that call it, 16 to 4194304. Beyond it new ones are counted together as \"other addresses\": a port scan leaves room for everybody else.",
            OptionValues.Integer(16, 4_194_304, (options, value) => options.MaxDependenciesPerProcess = value)),
        new(Sizes, "max-flows", "N", "32768",
            "Open connections followed in the kernel, 64 to 4194304; about 300 bytes each. Beyond about twice as many a dialled connection is not counted, an accepted one without its bytes and close.",
            OptionValues.Integer(64, 4_194_304, (options, value) => options.MaxFlows = value)),
        new(Sizes, "max-listeners", "N", "8192",
            "Listening endpoints held in the kernel, 64 to 1048576; about 100 bytes each. Beyond it a server may be named by its address only.",
            OptionValues.Integer(64, 1_048_576, (options, value) => options.MaxListeners = value)),
        new(Sizes, "max-connecting", "N", "8192",
            "Threads remembered for the address they dialled last, 64 to 1048576; about 120 bytes each. Beyond it the one that is silent longest is forgotten.",
            OptionValues.Integer(64, 1_048_576, (options, value) => options.MaxConnecting = value)),
        new(Sizes, "ring-bytes", "BYTES", "262144",
            "Ring buffer for flow events: a power of two, at least a page, at most 1073741824. Smaller drops flow events in a burst (counted); counters never depend on it.",
            OptionValues.RingBytes),

        new(Running, "record", "FILE", null,
            "Write everything the kernel tells to this file, to be replayed later. It grows for as long as the agent runs.",
            OptionValues.FilePath((options, value) => options.RecordFile = value)),
        new(Running, "replay", "FILE", null,
            "Take events from a recording in place of the kernel: needs no rights and no BPF.",
            OptionValues.FilePath((options, value) => options.ReplayFile = value)),
        new(Running, "log-level", "LEVEL", "information",
            "trace, debug, information, warning, error or none. Nothing is logged for a single event above debug.",
            OptionValues.Level),
        new(Running, "config", "FILE", null,
            "Read options from this file, one \"name = value\" a line, # for comments. Without it " + AgentOptions.DefaultConfigFile + " is read if it exists.",
            OptionValues.FilePath((options, value) => options.ConfigFile = value)) { Place = OptionPlace.NotInFile },
        new(Running, "doctor", null, null,
            "Try what this kernel can do, print it as a table with what is lost without it, and end.",
            OptionValues.Switch((options, value) => options.Doctor = value)) { Place = OptionPlace.FlagOnly },
        new(Running, "version", null, null, "Print the version and end.",
            OptionValues.Switch((options, value) => options.ShowVersion = value)) { Place = OptionPlace.FlagOnly },
        new(Running, "help", null, null, "Print this and end.",
            OptionValues.Switch((options, value) => options.ShowHelp = value)) { Place = OptionPlace.FlagOnly },
    ];

    public static AgentOption? Find(string name) => All.FirstOrDefault(option => option.Name == name);

    /// <summary>The option a mistyped name was probably meant to be; null when nothing is near.</summary>
    public static AgentOption? Nearest(string name, Func<AgentOption, bool> allowed)
    {
        var near = All.Where(allowed).MinBy(option => Distance(option.Name, name));
        return near is not null && Distance(near.Name, name) <= Math.Max(2, name.Length / 3) ? near
            : All.Where(allowed).Where(option => IsPart(option.Name, name)).MinBy(option => Distance(option.Name, name));
    }

    private static bool IsPart(string known, string name) => name.Length >= 3 && known.Contains(name, StringComparison.Ordinal);

    // Levenshtein's distance; names are short, and only a mistyped one comes here.
    private static int Distance(string a, string b)
    {
        b = b.Length > 40 ? b[..40] : b;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
