using System.CommandLine;
using Tendril.Cli.Operator;

namespace Tendril.Cli;

/// <summary>Where the operator is; every command has these.</summary>
internal sealed class ConnectionOptions
{
    public Option<string> Operator { get; } = Address(
        "--operator", "TENDRIL_OPERATOR", "http://127.0.0.1:8080", "The operator's REST address");

    public Option<string> Grpc { get; } = Address(
        "--grpc", "TENDRIL_OPERATOR_GRPC", "http://127.0.0.1:50051", "The operator's gRPC address, for observe");

    public Option<string?> TokenFile { get; } = File(
        "--token-file", "TENDRIL_TOKEN_FILE", "A file with the token to show an operator that asks for one");

    public Option<string?> AuthorityFile { get; } = File(
        "--ca-file", "TENDRIL_CA_FILE", "Who vouches for an https operator (PEM), where this system does not know it");

    public OperatorClient Client(ParseResult parsed)
    {
        var address = Parse(parsed, Operator, "TENDRIL_OPERATOR");
        return new(address, Access(parsed, address));
    }

    public Uri GrpcAddress(ParseResult parsed) => Parse(parsed, Grpc, "TENDRIL_OPERATOR_GRPC");

    public OperatorAccess Access(ParseResult parsed, Uri address) => OperatorAccess.Read(address, parsed.GetValue(TokenFile), parsed.GetValue(AuthorityFile));

    private static Option<string?> File(string name, string variable, string description) => new(name)
    {
        Description = $"{description}; environment: {variable}",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : null,
    };

    private static Option<string> Address(string name, string variable, string usual, string description) => new(name)
    {
        Description = $"{description}; environment: {variable}",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set ? set : usual,
    };

    private static Uri Parse(ParseResult parsed, Option<string> option, string variable)
    {
        var text = parsed.GetValue(option)!;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0)
        {
            return address;
        }

        var said = parsed.GetResult(option) is { Implicit: false } ? option.Name : variable;
        throw new CommandFailedException(
            CommandFailedException.WronglyUsed, $"{said} is '{text}', which is no http or https address.", "Give one like http://127.0.0.1:8080.");
    }
}
