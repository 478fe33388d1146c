using System.Collections.Frozen;
using System.Collections.Immutable;
using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>A well-known port: what speaks there and which programs serve it.</summary>
internal sealed record WellKnownPort(ushort Port, string Name, string? Tier, FrozenSet<string> Programs);

/// <summary>The user's rules, and the ports that everybody knows.</summary>
internal sealed class ServiceRegistry(ImmutableArray<NamingRule> rules)
{
    private static readonly FrozenDictionary<ushort, WellKnownPort> ByPort = new[]
    {
        Known(22, "ssh", null, "sshd dropbear"),
        Known(25, "smtp", null, "master exim4 sendmail"),
        Known(53, "dns", null, "named unbound dnsmasq systemd-resolve systemd-resolved coredns pdns_server"),
        Known(80, "http", null, "nginx apache2 httpd caddy traefik envoy haproxy lighttpd"),
        Known(123, "ntp", null, "ntpd chronyd"),
        Known(389, "ldap", "data", "slapd"),
        Known(443, "https", null, "nginx apache2 httpd caddy traefik envoy haproxy lighttpd"),
        Known(636, "ldaps", "data", "slapd"),
        Known(1433, "mssql", "data", "sqlservr"),
        Known(1521, "oracle", "data", "tnslsnr"),
        Known(1883, "mqtt", "data", "mosquitto"),
        Known(2181, "zookeeper", "data", "zookeeper zookeeper.server.quorum.QuorumPeerMain QuorumPeerMain"),
        Known(2379, "etcd", "data", "etcd"),
        Known(3306, "mysql", "data", "mysqld mariadbd"),
        Known(4222, "nats", "data", "nats-server"),
        Known(4317, "otlp", null, "otelcol otelcol-contrib"),
        Known(5432, "postgresql", "data", "postgres postmaster"),
        Known(5672, "amqp", "data", "rabbitmq-server beam.smp"),
        Known(6379, "redis", "data", "redis-server valkey-server keydb-server"),
        Known(8123, "clickhouse", "data", "clickhouse clickhouse-server"),
        Known(8500, "consul", "data", "consul"),
        Known(9042, "cassandra", "data", "cassandra CassandraDaemon"),
        Known(9090, "prometheus", "data", "prometheus"),
        Known(9092, "kafka", "data", "kafka Kafka"),
        Known(9200, "elasticsearch", "data", "elasticsearch Elasticsearch opensearch"),
        Known(11211, "memcached", "data", "memcached"),
        Known(27017, "mongodb", "data", "mongod mongos"),
    }.ToFrozenDictionary(known => known.Port);

    private static readonly FrozenDictionary<string, string> TierByProgram = ByPort.Values
        .Where(known => known.Tier is not null).SelectMany(known => known.Programs.Select(program => (program, known.Tier))).DistinctBy(pair => pair.program)
        .ToFrozenDictionary(pair => pair.program, pair => pair.Tier!);

    public int RuleCount => rules.Length;

    /// <summary>The first rule that fits a process and what it listens on.</summary>
    public NamingRule? Find(HostFacts host, ProcessFacts process, string program, IReadOnlyCollection<ListeningEndpoint> listens)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(host, process, program, listens))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>The first rule that fits an endpoint nobody is known to listen on.</summary>
    public NamingRule? Find(in UnresolvedEndpoint endpoint, bool isLocal)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(endpoint, isLocal))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>"postgresql" for 5432; null for ports that say nothing.</summary>
    public static string? NameOf(ushort port) => ByPort.GetValueOrDefault(port)?.Name;

    /// <summary>True where naming the port would tell a person nothing new: sshd on 22.</summary>
    public static bool IsAtHome(string program, ushort port) => ByPort.TryGetValue(port, out var known) && known.Programs.Contains(program);

    /// <summary>"data" for databases, caches and brokers, whatever port they are on; null for all others.</summary>
    public static string? TierOf(string program) => TierByProgram.GetValueOrDefault(program);

    private static WellKnownPort Known(ushort port, string name, string? tier, string programs) =>
        new(port, name, tier, programs.Split(' ').ToFrozenSet());
}
