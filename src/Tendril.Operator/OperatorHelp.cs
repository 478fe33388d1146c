using System.Reflection;
using System.Text;

namespace Tendril.Operator;

/// <summary>What `--help` and `--version` print.</summary>
internal static class OperatorHelp
{
    /// <summary>"0.1.0".</summary>
    public static string Version { get; } =
        typeof(OperatorHelp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static string Text()
    {
        var text = new StringBuilder("""
            tendril-operator: takes what the agents see, names the services and serves the live dependency graph.

            usage: tendril-operator [settings]

            examples:
              tendril-operator                                    dashboard on http://127.0.0.1:8080, agents on 127.0.0.1:50051
              tendril-operator --rules demo/rules.yaml            names services by your rules
              tendril-operator --http 127.0.0.1:9090 --idle-after 30s
              TENDRIL_OPERATOR_HTTP=127.0.0.1:9090 tendril-operator
              tendril-operator --config operator.ini              the file has lines such as: idle-after = 30s

            settings (a flag beats the environment, and that beats the file):

            """);
        foreach (var setting in OperatorSettings.All)
        {
            text.Append($"  {setting.Flag + (setting.Argument is null ? "" : " " + setting.Argument),-28} {setting.Help} (default {setting.Default})\n");
        }

        text.Append($"""
              {"--config FILE",-28} a .ini or .json file with settings by the same names, without the dashes
              {"--version",-28} print the version
              {"--help",-28} print this

            Each setting is an environment variable too: --idle-after is {OperatorSettings.Find("idle-after")!.Variable}.

            then look at:
              http://127.0.0.1:8080/                              the live graph
              curl http://127.0.0.1:8080/api/dependency-graph?format=mermaid
              http://127.0.0.1:8080/docs                          the REST API, to browse and try

            exit codes: 0 stopped when asked to, 1 could not run (for example, port in use), 2 wrong settings, rules or memory

            """);
        return text.ToString();
    }
}
