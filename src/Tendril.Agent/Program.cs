using System.Collections;
using Tendril.Agent;

// Provisional: options only. The lead's Program.cs replaces this file.
var environment = new Dictionary<string, string>();
foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
{
    environment[(string)variable.Key] = (string?)variable.Value ?? "";
}

var result = AgentOptions.Parse(args, environment, path => File.Exists(path) ? File.ReadAllText(path) : null);
Console.Write(result.Options is null ? AgentOptionsHelp.Refusal(result.Errors) : AgentOptionsHelp.Text());
return result.Options is null ? 2 : 0;
