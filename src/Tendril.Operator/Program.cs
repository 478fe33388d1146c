using System.Net.Sockets;
using Tendril.Operator;
using Tendril.Operator.Doors;
using Tendril.Operator.Memory;
using Tendril.Operator.Naming;

var settings = OptionsReader.Read(args, Environment.GetEnvironmentVariables());
if (settings.Help || settings.Version)
{
    Console.Write(settings.Help ? OperatorHelp.Text() : $"tendril-operator {OperatorHelp.Version}\n");
    return 0;
}

var options = settings.Options;
var rules = options.RulesFile is { } file ? RulesFile.Load(file) : new([], []);
string[] errors = [.. settings.Errors, .. rules.Errors, .. DoorSettings.CheckFiles(options, TimeProvider.System.GetUtcNow())];
if (errors.Length > 0)
{
    Array.ForEach(errors, error => Console.Error.WriteLine("tendril-operator: " + error));
    return 2;
}

WebApplication built;
try
{
    built = OperatorHost.Build(options, rules);
}
catch (MemoryFileException e)
{
    Console.Error.WriteLine("tendril-operator: " + e.Message);
    return e.CanPass ? 1 : 2;
}

await using var app = built;
try
{
    await app.StartAsync();
}
catch (Exception e) when (e is IOException or SocketException)
{
    Console.Error.WriteLine("tendril-operator: " + PortHolder.Explain(options, e));
    return 1;
}

var (http, grpc) = OperatorHost.Addresses(app);
Console.WriteLine($"""
    tendril-operator {OperatorHelp.Version}
      dashboard  {http}   (REST API: {http}docs)
      agents     {(options.HasTls ? grpc.GetLeftPart(UriPartial.Authority) : grpc.Authority)}
      memory     {options.MemoryFile ?? "none; keep the graph over restarts with --memory FILE"}
      rules      {(options.RulesFile is null ? "none; name services with --rules FILE" : $"{rules.Rules.Length} from {options.RulesFile}")}
    """);
await app.WaitForShutdownAsync();
return Environment.ExitCode;
