using System.CommandLine;
using System.Text.Json;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>--output json</c> of the commands that print one part of what the operator knows: that part with all its fields, for scripts.</summary>
internal static class JsonOutput
{
    /// <summary>An option of one command.</summary>
    public static Option<string> Option() => new Option<string>("--output", "-o")
    {
        Description = "How to print it; json has every field the operator knows",
        DefaultValueFactory = _ => "table",
    }.Only("table", "json");

    /// <summary>Beyond ASCII all is escaped, so that no name can move the cursor and none is changed.</summary>
    public static void Write(JsonElement json) => Screen.Output.WriteLine(JsonSerializer.Serialize(json, ContractJson.Default.JsonElement));
}
