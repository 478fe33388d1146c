using System.Text;

namespace Tendril.Agent;

/// <summary>What <c>--help</c> and a refusal print.</summary>
internal static class AgentOptionsHelp
{
    private const int Width = 100;

    public static string Text()
    {
        var text = new StringBuilder();
        text.AppendLine("""
            tendril-agent: tells the operator which process of this host depends on which endpoint, from the kernel's
            socket hooks. It changes nothing for the programs it watches; when it ends, nothing of it stays behind.

            Usage: tendril-agent [OPTION]...

            An option can be given as a flag, in the environment or in a file, and the first of these that has it wins:
            --counter-interval 2s, TENDRIL_COUNTER_INTERVAL=2s, counter-interval = 2s.
            """);
        foreach (var group in AgentOptionsTable.All.GroupBy(option => option.Group))
        {
            text.AppendLine().Append(group.Key).AppendLine(":");
            foreach (var option in group)
            {
                AppendOption(text, option);
            }
        }

        return text.AppendLine().Append("""
            Examples:
              tendril-agent --doctor
                  What can this kernel do?
              tendril-agent
                  Watch the whole host and report to an operator on it.
              tendril-agent --operator https://map.example.com:50051 --operator-ca ca.crt --cert agent.crt --key agent.key
                  Report to an operator on another machine, which knows this host by its certificate.
              tendril-agent --operator https://tendril.example.com:50051 --join-token-file join.token
                  The same, for a host that fetches its certificate itself.
              tendril-agent --operator https://tendril.example.com:50051 --cgroup /system.slice
                  Watch the system's services and report to another machine.
              tendril-agent --xdp eth0 --xdp lo --events-per-second 2000
                  Count packets on two interfaces, and tell more of single connections.
              tendril-agent --record monday.tendril, later tendril-agent --replay monday.tendril
                  Keep what the kernel said, and see the same graph again elsewhere.
            """).AppendLine().ToString();
    }

    /// <summary>All that is wrong, one line each.</summary>
    public static string Refusal(IReadOnlyList<AgentOptionError> errors)
    {
        var text = new StringBuilder();
        text.Append("tendril-agent: ").Append(errors.Count == 1 ? "an option is" : $"{errors.Count} options are").AppendLine(" wrong:");
        foreach (var error in errors)
        {
            text.Append("  ").AppendLine(error.ToString());
        }

        return text.AppendLine("Nothing was started. tendril-agent --help explains every option.").ToString();
    }

    private static void AppendOption(StringBuilder text, AgentOption option)
    {
        text.Append("  ").Append(option.Flag);
        if (option.Placeholder is not null)
        {
            text.Append(' ').Append(option.Placeholder);
        }

        if (option.Default is not null)
        {
            text.Append("  (default ").Append(option.Default).Append(')');
        }

        text.AppendLine();
        AppendWrapped(text, option.Description, "      ");
    }

    private static void AppendWrapped(StringBuilder text, string words, string indent)
    {
        var column = 0;
        foreach (var word in words.Split(' '))
        {
            if (column > 0 && column + word.Length + 1 > Width)
            {
                text.AppendLine();
                column = 0;
            }

            text.Append(column == 0 ? indent : " ").Append(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }

        text.AppendLine();
    }
}
