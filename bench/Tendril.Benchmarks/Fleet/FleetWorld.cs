namespace Tendril.Benchmarks.Fleet;

/// <summary>A dependency: a service calls another one or, from <see cref="FleetWorld.Services"/> on, somebody outside.</summary>
internal readonly record struct FleetEdge(int Source, int Target);

/// <summary>
/// A made-up company: namespaces of twenty services, the first of which only calls, calls mostly forward and mostly within a namespace, one
/// service in a hundred a database that many share, 3 % of the calls back, 2 % to the outside. The same options give the same world on every machine. Holds eight bytes for each
/// dependency: what one counts is worked out from its place in the list and the time.
/// </summary>
internal sealed class FleetWorld
{
    public const int ServicesOfNamespace = 20;
    public const int MaxServicesOfHost = 14_000;
    private const int ServicesForDatabase = 100;
    private const int DatabaseAt = 7;
    private readonly FleetEdge[] _edges;
    private readonly int[] _firstOfHost;
    private readonly Random _random;

    /// <exception cref="ArgumentException">So few services cannot have so many dependencies.</exception>
    public FleetWorld(FleetOptions options)
    {
        (Services, Hosts) = (options.Services, options.Hosts);
        Outside = Math.Max(1, Services / 100);
        _random = new Random(options.Seed);
        _edges = [.. Draw(options.Edges).OrderBy(edge => HostOf(edge.Source)).ThenBy(edge => edge.Source).ThenBy(edge => edge.Target)];
        _firstOfHost = new int[Hosts + 1];
        foreach (var edge in _edges)
        {
            _firstOfHost[HostOf(edge.Source) + 1]++;
        }

        for (int host = 0; host < Hosts; host++)
        {
            _firstOfHost[host + 1] += _firstOfHost[host];
        }
    }

    public int Services { get; }

    public int Hosts { get; }

    /// <summary>Outside services, numbered after the others.</summary>
    public int Outside { get; }

    /// <summary>By host of the client; a dependency's place here is its number.</summary>
    public IReadOnlyList<FleetEdge> Edges => _edges;

    public static bool IsDatabase(int service) => service % ServicesForDatabase == DatabaseAt;

    /// <summary>It calls and listens nowhere.</summary>
    public static bool IsClient(int service) => service % ServicesOfNamespace == 0;

    public int HostOf(int service) => service % Hosts;

    /// <summary>Its number among the processes of its host, from 1.</summary>
    public uint NumberOf(int service) => (uint)(service / Hosts) + 1;

    /// <summary>From a range in which no port is known for a database, and below those that the kernel hands out.</summary>
    public uint PortOf(int service) => 12_000 + NumberOf(service);

    public IEnumerable<int> ServicesOf(int host)
    {
        for (int service = host; service < Services; service += Hosts)
        {
            yield return service;
        }
    }

    /// <summary>The numbers of the dependencies that a host reports.</summary>
    public (int First, int End) EdgesOf(int host) => (_firstOfHost[host], _firstOfHost[host + 1]);

    private HashSet<FleetEdge> Draw(int count)
    {
        var edges = new HashSet<FleetEdge>(count);
        // Every server has a caller before it in its namespace.
        for (int service = 1; service < Services && edges.Count < count; service++)
        {
            int caller = _random.Next(Math.Min(FirstWith(service), service - 1), service);
            if (!IsClient(service))
            {
                edges.Add(new(IsDatabase(caller) ? FirstWith(service) : caller, service));
            }
        }

        for (long attempts = 0; edges.Count < count; attempts++)
        {
            if (attempts > 10_000 + (50L * count))
            {
                throw new ArgumentException($"fleet: {Services} services have fewer dependencies than {count}; give fewer --edges or more --services");
            }

            int source = _random.Next(Services), target = Callee(source, _random.NextDouble());
            if (target != source && !IsDatabase(source) && (target >= Services || !IsClient(target)))
            {
                edges.Add(new(source, target));
            }
        }

        return edges;
    }

    private static int FirstWith(int service) => service / ServicesOfNamespace * ServicesOfNamespace;

    private int Callee(int source, double kind)
    {
        int end = Math.Min(Services, FirstWith(source) + ServicesOfNamespace);
        int databases = (Services + ServicesForDatabase - 1 - DatabaseAt) / ServicesForDatabase;
        return kind switch
        {
            < 0.02 => Services + _random.Next(Outside),
            < 0.20 when databases > 0 => (_random.Next(databases) * ServicesForDatabase) + DatabaseAt,
            < 0.23 => _random.Next(FirstWith(source), source + 1),
            < 0.75 => _random.Next(source, end),
            _ => _random.Next(source, Services),
        };
    }
}
