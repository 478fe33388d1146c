using Google.Protobuf;
using Tendril.Protocol;

namespace Tendril.Benchmarks.Fleet;

/// <summary>What the services of a fleet are called and where they run, and the ids that the operator gives them for it.</summary>
internal static class FleetNames
{
    private static readonly string[] Spaces = ["shop", "bank", "media", "travel", "health", "maps", "games", "office"];
    private static readonly string[] Databases = ["postgres", "redis-server", "mysqld", "mongod"];

    private static readonly string[] Words =
    [
        "jobs", "gateway", "orders", "cart", "checkout", "payments", "catalog", "users", "pricing", "stock",
        "shipping", "invoices", "mail", "reviews", "offers", "fraud", "images", "search", "reports", "audit",
    ];

    private enum Place
    {
        Kubernetes,
        KubernetesToo,
        Compose,
        Environment,
    }

    /// <summary>Kubernetes namespace, compose project or systemd slice: "shop", "shop-1".</summary>
    public static string Namespace(int service)
    {
        int number = service / FleetWorld.ServicesOfNamespace, round = number / Spaces.Length;
        return round == 0 ? Spaces[number] : $"{Spaces[number % Spaces.Length]}-{round}";
    }

    /// <summary>"shop-orders", "shop-postgres".</summary>
    public static string Name(int service) => $"{Namespace(service)}-{(FleetWorld.IsDatabase(service) ? Program(service).Split('-')[0] : Program(service))}";

    public static string Outside(int number) => $"api-{number}.example.net";

    /// <summary>As src/Tendril.Operator/Naming makes it.</summary>
    public static string Id(FleetWorld world, int service) => service >= world.Services ? $"external/{Outside(service - world.Services)}" : PlaceOf(service) switch
    {
        Place.Compose => $"compose/{Namespace(service)}/{Name(service)}",
        Place.Environment => $"otel/{Name(service)}",
        _ => $"kubernetes/{Namespace(service)}/{Name(service)}",
    };

    public static Process Process(FleetWorld world, int service)
    {
        string program = Program(service), name = Name(service), space = Namespace(service), container = $"{service + 1:x64}";
        var process = new Process
        {
            Number = world.NumberOf(service),
            Pid = 1_000 + world.NumberOf(service),
            StartTimeUs = 1_700_000_000_000_000,
            Comm = program[..Math.Min(15, program.Length)],
            Exe = "/usr/bin/" + program,
            NetworkNamespace = FleetReports.Namespace,
            Alive = true,
            Instances = 1,
        };
        switch (PlaceOf(service))
        {
            case Place.Compose:
                process.Cgroup = $"/system.slice/docker-{container}.scope";
                process.Labels.Add("compose.project", space);
                process.Labels.Add("compose.service", name);
                break;
            case Place.Environment:
                process.Cgroup = $"/{space}.slice/session.scope";
                process.ServiceName = name;
                break;
            default:
                process.Cgroup = $"/kubepods.slice/kubepods-pod{new Guid(service, 0, 0, new byte[8]):D}.slice/cri-containerd-{container}.scope".Replace('_', '-');
                process.Labels.Add("k8s.pod", name + "-0");
                process.Labels.Add("k8s.namespace", space);
                break;
        }

        return process;
    }

    /// <summary>10.64.0.1 and on: no host has another's.</summary>
    public static ByteString HostAddress(int host) => IPv4(10, 64 + (host >> 16), host + 1);

    /// <summary>Of the networks for benchmarks, RFC 2544.</summary>
    public static ByteString OutsideAddress(int number) => IPv4(198, 18 + ((number >> 16) & 1), number + 1);

    private static Place PlaceOf(int service) => (Place)(service / FleetWorld.ServicesOfNamespace % 4);

    private static string Program(int service) =>
        FleetWorld.IsDatabase(service) ? Databases[service / 100 % Databases.Length] : Words[service % FleetWorld.ServicesOfNamespace];

    private static ByteString IPv4(int first, int second, int rest) =>
        ByteString.CopyFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (byte)first, (byte)second, (byte)(rest >> 8), (byte)rest);
}
