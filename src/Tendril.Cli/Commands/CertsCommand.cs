using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using Tendril.Cli.Terminal;
using Tendril.Protocol.Credentials;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril certs</c>: the certificates and tokens of a small fleet, as files. Needs no operator, and overwrites nothing.</summary>
internal static class CertsCommand
{
    private const string Authority = "ca.crt";
    private const string AuthorityKey = "ca.key";
    private const string Tokens = "tokens";

    private static readonly Argument<DirectoryInfo> Folder = new("DIR") { Description = "The folder that holds the fleet's certificates" };

    private static readonly Option<string[]> OperatorNames = new("--operator")
    {
        Description = "A certificate for the operator; a name or address that it is reached by; may be given more than once",
        HelpName = "NAME|IP",
    };

    private static readonly Option<string[]> Agents = new("--agent")
    {
        Description = "A certificate for the agent of this host (its /etc/machine-id); may be given more than once",
        HelpName = "HOSTID",
    };

    private static readonly Option<string> Name = new("--name") { Description = "Whose token it is", HelpName = "NAME", Required = true };

    private static readonly Option<string> Role = new Option<string>("--role")
    {
        Description = "viewer reads the graph; admin also makes join tokens",
        DefaultValueFactory = _ => "viewer",
    }.Only("viewer", "admin");

    private static readonly Option<string?> Out = new("--out") { Description = "Where it is written; without it join-HOSTID.token here", HelpName = "FILE" };

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("certs", "Make the certificates and tokens that a fleet needs beyond one machine") { Init(), Issue(), Token(), JoinTokenOf(connection) };
        return command.WithExamples("""
            tendril certs init fleet                                          a certificate authority in ./fleet
            tendril certs issue fleet --operator map.example.org --operator 10.0.0.5
            tendril certs issue fleet --agent $(cat /etc/machine-id)          run on, or for, that host
            tendril certs token fleet --name alice --role viewer              a token to sign in with
            tendril certs join-token HOSTID                                   a host that fetches its certificate itself

            then: tendril-operator --http 0.0.0.0:8080 --grpc 0.0.0.0:50051 --tls-cert fleet/operator.crt --tls-key fleet/operator.key
                    --agent-ca fleet/ca.crt --tokens fleet/tokens
                  tendril-agent --operator https://map.example.org:50051 --operator-ca ca.crt --cert agent-HOSTID.crt --key agent-HOSTID.key
            """);
    }

    private static Command Init()
    {
        var command = new Command("init", "Make a certificate authority") { Folder };
        command.SetAction(parsed => Writing(parsed, folder =>
        {
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            RefuseExisting(folder, Authority, AuthorityKey);
            var made = CertificateAuthority.Create(TimeProvider.System.GetUtcNow());
            Write(folder, AuthorityKey, made.KeyPem, isSecret: true);
            Write(folder, Authority, made.CertificatePem, isSecret: false);
            Screen.Output.WriteLine($"\n{AuthorityKey} vouches for every host: keep it off the hosts. {Authority} goes to all of them.");
            Screen.Output.WriteLine($"Next: tendril certs issue {folder} --operator NAME");
        }));
        return command.WithExamples("tendril certs init fleet    makes fleet/ca.crt and fleet/ca.key, good for ten years");
    }

    private static Command Issue()
    {
        var command = new Command("issue", "Make certificates for the operator and for agents") { Folder, OperatorNames, Agents };
        command.Validators.Add(result =>
        {
            if (result.GetResult(OperatorNames) is null && result.GetResult(Agents) is null)
            {
                result.AddError("say for whom: --operator NAME, --agent HOSTID, or both.");
            }
        });
        command.SetAction(parsed => Writing(parsed, folder => IssueAll(folder, parsed.GetValue(OperatorNames) ?? [], parsed.GetValue(Agents) ?? [])));
        return command.WithExamples("""
            tendril certs issue fleet --operator map.example.org --operator 10.0.0.5
            tendril certs issue fleet --agent 0123456789abcdef0123456789abcdef

            They are good for 397 days. The operator takes new files without a restart.
            """);
    }

    private static Command Token()
    {
        var command = new Command("token", "Make a token to sign in with") { Folder, Name, Role };
        command.SetAction(parsed => Writing(parsed, folder =>
        {
            var name = parsed.GetValue(Name)!;
            if (!HostId.IsValid(name))
            {
                throw Wrong($"--name is '{name}', but must be 1 to {HostId.MaxLength} letters, digits, '-' or '_'.");
            }

            var file = name + ".token";
            RefuseExisting(folder, file);
            var (token, role) = (AccessToken.Create(), parsed.GetValue(Role)!);
            Write(folder, file, token + "\n", isSecret: true);
            SecretFile.Append(Path.Combine(folder, Tokens), AccessToken.Line(name, role, token));
            Screen.Output.WriteLine($"added to {Path.Combine(folder, Tokens)}, which has only its digest");
            Screen.Output.WriteLine($"\nGive {file} to {name}: the dashboard asks for what is in it, the command line takes it as --token-file.");
        }));
        return command.WithExamples("""
            tendril certs token fleet --name alice                 reads the graph
            tendril certs token fleet --name ops --role admin      makes join tokens too

            The operator that was started with --tokens fleet/tokens takes it at once. To withdraw it, delete its line there.
            """);
    }

    private static Command JoinTokenOf(ConnectionOptions connection)
    {
        var host = new Argument<string>("HOSTID") { Description = "The host's /etc/machine-id" };
        var command = new Command("join-token", "Ask the operator for a token with which a host's agent fetches its certificate") { host, Out };
        command.SetAction(async (parsed, cancellation) =>
        {
            var hostId = parsed.GetValue(host)!;
            if (!HostId.IsValid(hostId))
            {
                throw Wrong($"HOSTID is '{hostId}', but must be {HostId.Expected}.");
            }

            var file = parsed.GetValue(Out) ?? $"join-{hostId}.token";
            RefuseExisting(".", file);
            using var client = connection.Client(parsed);
            var made = await client.CreateJoinTokenAsync(hostId, cancellation);
            try
            {
                SecretFile.Create(file, made.Token + "\n");
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailedException(CommandFailedException.Failed, $"{file} cannot be written: {fault.Message}", "");
            }

            Screen.Output.WriteLine($"made {file}   (secret; good once, until {made.ExpiresAt.ToLocalTime():yyyy-MM-dd HH:mm})");
            Screen.Output.WriteLine($"\nOn that host: tendril-agent --operator https://… --join-token-file {Path.GetFileName(file)}");
        });
        return command.WithExamples("""
            tendril certs join-token 0123456789abcdef0123456789abcdef --operator https://map.example.org:8080 --ca-file ca.crt --token-file ops.token

            The operator needs --agent-ca-key, and the token must be an admin's.
            """);
    }

    private static void IssueAll(string folder, string[] names, string[] hosts)
    {
        foreach (var name in names.Where(name => !IPAddress.TryParse(name, out _) && Uri.CheckHostName(name) != UriHostNameType.Dns))
        {
            throw Wrong($"--operator is '{name}', which is neither a host name nor an address; give it without a port.");
        }

        foreach (var host in hosts.Where(host => !HostId.IsValid(host)))
        {
            throw Wrong($"--agent is '{host}', but must be {HostId.Expected}.");
        }

        var files = hosts.Select(host => $"agent-{host}").Concat(names.Length > 0 ? ["operator"] : []).ToList();
        RefuseExisting(folder, [.. files.SelectMany(file => new[] { file + ".crt", file + ".key" })]);
        using var authority = CertificateAuthority.Load(File.ReadAllText(Path.Combine(folder, Authority)), File.ReadAllText(Path.Combine(folder, AuthorityKey)));
        var now = TimeProvider.System.GetUtcNow();
        foreach (var host in hosts.Distinct())
        {
            Write(folder, "agent-" + host, authority.IssueAgent(host, now));
        }

        if (names.Length > 0)
        {
            Write(folder, "operator", authority.IssueOperator(names, now));
        }
    }

    private static void Write(string folder, string name, IssuedCertificate issued)
    {
        Write(folder, name + ".key", issued.KeyPem, isSecret: true);
        Write(folder, name + ".crt", issued.CertificatePem, isSecret: false);
    }

    private static void Write(string folder, string file, string text, bool isSecret)
    {
        var path = Path.Combine(folder, file);
        if (isSecret)
        {
            SecretFile.Create(path, text);
        }
        else
        {
            SecretFile.CreatePublic(path, text);
        }

        Screen.Output.WriteLine($"made {path}{(isSecret ? "   (secret: only its owner may read it)" : "")}");
    }

    private static void RefuseExisting(string folder, params string[] files)
    {
        if (Array.Find(files, file => File.Exists(Path.Combine(folder, file))) is { } there)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"{Path.Combine(folder, there)} is there already; nothing was made.", "Move it away first: what is there is never overwritten.");
        }
    }

    private static int Writing(ParseResult parsed, Action<string> write)
    {
        var folder = parsed.GetValue(Folder)!.ToString();
        try
        {
            write(folder);
            return 0;
        }
        catch (FileNotFoundException fault) when (fault.FileName?.EndsWith(Authority, StringComparison.Ordinal) == true || fault.FileName?.EndsWith(AuthorityKey, StringComparison.Ordinal) == true)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"there is no {fault.FileName}.", $"Make the authority first: tendril certs init {folder}");
        }
        catch (DirectoryNotFoundException)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"there is no folder {folder}.", $"Make the authority first: tendril certs init {folder}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"in {folder}: {fault.Message}", "");
        }
    }

    private static CommandFailedException Wrong(string message) => new(CommandFailedException.WronglyUsed, message, "");
}
