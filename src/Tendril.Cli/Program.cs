using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Tendril.Cli;
using Tendril.Cli.Commands;
using Tendril.Cli.Terminal;

var connection = new ConnectionOptions();
var root = new RootCommand("The live map of which service depends on which, drawn from the kernel's own socket hooks.")
{
    connection.Operator,
    connection.Grpc,
    connection.TokenFile,
    connection.AuthorityFile,
    GraphCommand.Create(connection),
    ServicesCommand.Create(connection),
    ExplainCommand.Create(connection),
    ImpactCommand.Create(connection),
    ObserveCommand.Create(connection),
    AgentsCommand.Create(connection),
    DoctorCommand.Create(connection),
    CertsCommand.Create(connection),
};
root.WithExamples("""
    tendril graph                        who depends on whom, now
    tendril graph --service order        order and its direct neighbours
    tendril explain order postgresql     why that dependency is in the graph
    tendril impact postgresql            what breaks if postgresql stops
    tendril observe --kind failed        connects that fail, as they happen
    tendril doctor                       what this kernel can show
    """);
foreach (var help in root.Options.OfType<HelpOption>())
{
    help.Action = new HelpWithExamples((HelpAction)help.Action!);
}

var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Action is ParseErrorAction)
{
    return Failure.Usage(parsed);
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CommandFailedException failure)
{
    Screen.Output.Flush();
    return Failure.Report(failure);
}
catch (IOException)
{
    // The reader of our output went away ("tendril observe | head"): nobody is left to tell.
    return 0;
}
catch (OperationCanceledException)
{
    return 130;
}
finally
{
    Screen.Output.Dispose();
}
