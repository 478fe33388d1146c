using System.Net.Sockets;
using Npgsql;
using StackExchange.Redis;
using Tendril.Demo;
using Tendril.Demo.Traffic;

const string Usage = """
    tendril-demo ROLE            runs one service of the shop until SIGTERM
    tendril-demo traffic ...     drives the shop through its gateway, then ends

    Roles: gateway user order product payment notification inventory shipping
    Traffic: --requests N (default 100) or --seconds S; --rate R requests a second (default 20)

    Environment
      TENDRIL_DEMO_POSTGRES   connection string of order and user   (scripts/start-microservices.sh sets it)
      TENDRIL_DEMO_REDIS      configuration of product's Redis      (likewise)
    """;

if (args is [] or ["--help" or "-h", ..])
{
    Console.WriteLine(Usage);
    return args.Length == 0 ? 2 : 0;
}

if (args[0] == "traffic")
{
    if (!TrafficOptions.TryParse(args[1..], out var options, out var error))
    {
        Console.Error.WriteLine($"tendril-demo: {error}\n\n{Usage}");
        return 2;
    }

    return await TrafficGenerator.RunAsync(options);
}

var service = Shop.Services.FirstOrDefault(candidate => candidate.Name == args[0]);
if (service is null || args.Length > 1)
{
    Console.Error.WriteLine($"tendril-demo: '{string.Join(' ', args)}' is not a role.\n\n{Usage}");
    return 2;
}

try
{
    await service.RunAsync();
    return 0;
}
catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException or SocketException)
{
    Console.Error.WriteLine($"{service.Name}: port {service.Port} on 127.0.0.1 is taken. End the program that holds it ('ss -ltnp sport = :{service.Port}' names it).");
    return 1;
}
catch (Exception fault) when (fault is NpgsqlException or RedisConnectionException or InvalidOperationException)
{
    Console.Error.WriteLine($"{service.Name}: cannot start: {fault.Message}. scripts/start-microservices.sh starts its database and sets its address.");
    return 1;
}
