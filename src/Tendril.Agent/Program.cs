using System.Collections;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Tendril.Agent;
using Tendril.Agent.Doctor;
using Tendril.Agent.Privileges;
using Tendril.Bpf;

const int Usage = 2, Failure = 1;

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(each => (string)each.Key, each => (string?)each.Value ?? "");
var (options, errors) = AgentOptions.Parse(args, environment, path => File.Exists(path) ? File.ReadAllText(path) : null);
if (options is null)
{
    Console.Error.Write(AgentOptionsHelp.Refusal(errors));
    return Usage;
}

if (options.ShowHelp)
{
    Console.Write(AgentOptionsHelp.Text());
    return 0;
}

if (options.ShowVersion)
{
    Console.WriteLine($"tendril-agent {AgentVersion.Text} (libbpf {BpfObject.LibraryVersion})");
    return 0;
}

if (options.Doctor)
{
    var findings = Doctor.Examine(options);
    Console.Write(Doctor.Render(findings));
    return findings.Any(finding => finding.Verdict == Verdict.Missing) ? Failure : 0;
}

using var confinement = Confinement.Begin(looksAtProcesses: options.ReplayFile is null);
using var logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(options.LogLevel).AddSimpleConsole(console =>
{
    console.SingleLine = true;
    console.TimestampFormat = "HH:mm:ss ";
}));
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    using var agent = AgentRuntime.Start(options, confinement, TimeProvider.System, logs);
    await agent.RunAsync(stop.Token);
    return 0;
}
catch (Exception exception) when (exception is AgentStartException or InvalidDataException)
{
    // The second: a recording that is damaged after its beginning.
    Console.Error.WriteLine($"tendril-agent: {exception.Message}");
    return Failure;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
