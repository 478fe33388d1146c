using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public class ServiceNamingTests
{
    private static readonly HostFacts Host = new(
        TestOperator.MachineId, "alpha", "boot-1", 1, [NetAddress.Parse("10.0.0.1")], 999);

    [Theory]
    [InlineData("/usr/bin/python3.11", "", "8001", "python3:8001")]
    [InlineData("/usr/bin/python3.11", "python3 app.py", "8001,9001", "app.py:8001")]
    [InlineData("/usr/lib/postgresql/15/bin/postgres", "", "5432", "postgres")]
    [InlineData("/usr/lib/postgresql/15/bin/postgres", "", "5433", "postgres:5433")]
    [InlineData("/usr/bin/redis-server", "", "6379", "redis-server")]
    [InlineData("/usr/sbin/nginx", "", "80,443", "nginx")]
    [InlineData("/usr/bin/curl", "curl http://x", "", "curl")]
    public void A_process_is_named_by_program_and_lowest_port(string exe, string arguments, string ports, string name)
    {
        var service = Naming().Name(Host, ProgramNameTests.Facts(exe, arguments), Listens(ports));
        Assert.Equal((name, "process", $"process/0123456789ab/{name}"), (service.Name, service.Kind, service.Id));
    }

    [Theory]
    [InlineData("0.0.0.0:32768", "shop")]
    [InlineData("0.0.0.0:32767", "shop:32767")]
    [InlineData("0.0.0.0:41234 127.0.0.1:60999", "shop")]
    [InlineData("0.0.0.0:41234 0.0.0.0:9000", "shop:9000")]
    [InlineData("127.0.0.1:6060 0.0.0.0:8080", "shop:8080")]
    [InlineData("[::1]:6060 [::]:8080", "shop:8080")]
    [InlineData("127.0.0.1:6060 127.0.0.1:8080", "shop:6060")]
    [InlineData("127.0.0.1:6060 0.0.0.0:41234", "shop:6060")]
    public void A_port_that_the_kernel_handed_out_or_a_helpers_is_no_name(string listens, string name)
    {
        var endpoints = listens.Split(' ').Select(System.Net.IPEndPoint.Parse)
            .Select(endpoint => new ListeningEndpoint(NetAddress.Parse(endpoint.Address.ToString()), (ushort)endpoint.Port, Transport.Tcp));
        Assert.Equal(name, Naming().Name(Host, ProgramNameTests.Facts("/opt/shop", ""), [.. endpoints]).Name);
    }

    [Fact]
    public void The_same_program_in_another_namespace_is_another_node()
    {
        var facts = ProgramNameTests.Facts("/usr/bin/python3", "");
        var here = Naming().Name(Host, facts, Listens("8001"));
        var there = Naming().Name(Host, facts with { NetworkNamespace = 7 }, Listens("8001"));
        Assert.Equal(here.Name, there.Name);
        Assert.Equal("process/0123456789ab/netns/python3:8001", there.Id);
        var blue = facts with { NetworkNamespace = 8, Labels = Labels("netns=blue") };
        Assert.Equal("process/0123456789ab/netns-blue/python3:8001", Naming().Name(Host, blue, Listens("8001")).Id);
    }

    [Fact]
    public void An_address_in_another_namespace_is_known_by_who_lives_there_whoever_was_met_first()
    {
        var facts = ProgramNameTests.Facts("/usr/bin/curl", "") with { NetworkNamespace = 7 };
        var inUnit = facts with { Cgroup = "/system.slice/backup.service" };
        var inOther = facts with { Cgroup = "/system.slice/zeta.service" };
        foreach (var order in new[] { new[] { facts, inUnit, inOther }, [inOther, inUnit, facts] })
        {
            var naming = Naming();
            naming.Know(Host with { Namespaces = new() });
            foreach (var process in order)
            {
                naming.Name(Host, process, []);
            }

            // The agent connects again.
            naming.Know(Host with { Namespaces = new() });

            Assert.Equal("address/0123456789ab/systemd/0123456789ab/backup/127.0.0.1:9", naming.NameUnresolved(Endpoint("127.0.0.1", 9) with { NetworkNamespace = 7 }).Id);
            Assert.Equal("address/0123456789ab/netns/127.0.0.1:9", naming.NameUnresolved(Endpoint("127.0.0.1", 9) with { NetworkNamespace = 6 }).Id);
            naming.Name(Host, facts with { Labels = Labels("netns=blue") }, []);
            Assert.Equal("address/0123456789ab/netns-blue/127.0.0.1:9", naming.NameUnresolved(Endpoint("127.0.0.1", 9) with { NetworkNamespace = 7 }).Id);
        }
    }

    [Theory]
    [InlineData("k8s.pod=checkout-7d9c5b6f4-x2x9z k8s.namespace=shop k8s.container=server compose.service=no", "kubernetes/shop/checkout", "checkout", "kubernetes", "Kubernetes workload")]
    [InlineData("k8s.pod=checkout-7d9c5b6f4-x2x9z k8s.namespace=shop k8s.container=istio-proxy", "kubernetes/shop/checkout/istio-proxy", "checkout (istio-proxy)", "kubernetes", "Kubernetes workload")]
    [InlineData("compose.project=shop compose.service=web container.name=shop-web-1", "compose/shop/web", "web", "container", "compose service")]
    [InlineData("container.name=web container.image=nginx", "container/0123456789ab/web", "web", "container", "container name")]
    [InlineData("netns=blue", "container/aaaaaaaaaaaa", "nginx-aaaaaaaaaaaa", "container", "container id")]
    public void A_container_has_the_name_that_somebody_gave_it(string labels, string id, string name, string kind, string namedBy)
    {
        var facts = ProgramNameTests.Facts("/usr/sbin/nginx", "") with { Cgroup = $"/docker/{new string('a', 64)}", Labels = Labels(labels) };
        var service = Naming().Name(Host, facts, Listens("80"));
        Assert.Equal((id, name, kind, namedBy), (service.Id, service.Name, service.Kind, service.NamedBy));
    }

    [Theory]
    [InlineData("/lxc.payload.web/init.scope", "container/0123456789ab/web", "web", "container name")]
    [InlineData("/lxc.payload.web/system.slice/nginx.service", "systemd/0123456789ab/web/nginx", "nginx", "systemd unit")]
    [InlineData("/lxc/101/ns", "container/0123456789ab/101", "101", "container name")]
    [InlineData("/system.slice/shop.service", "systemd/0123456789ab/shop", "shop", "systemd unit")]
    [InlineData("/system.slice/shop.service/libpod-payload-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "systemd/0123456789ab/shop", "shop", "systemd unit")]
    [InlineData("/user.slice/user-1000.slice/session-3.scope", "otel/checkout", "checkout", "OTEL_SERVICE_NAME")]
    [InlineData("/docker/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "otel/checkout", "checkout", "OTEL_SERVICE_NAME")]
    public void The_name_in_the_environment_is_weaker_than_a_place_with_a_name(string cgroup, string id, string name, string namedBy)
    {
        var facts = ProgramNameTests.Facts("/usr/bin/python3", "app.py") with { Cgroup = cgroup, ServiceName = "checkout" };
        var service = Naming().Name(Host, facts, Listens("8001"));
        Assert.Equal((id, name, namedBy), (service.Id, service.Name, service.NamedBy));
    }

    [Fact]
    public void Rules_can_ask_for_what_a_container_says_of_itself()
    {
        var naming = Naming("""
            rules:
              - { name: by-container, match: { container: "web*", image: "nginx:*" } }
              - { name: by-machine, match: { container: mail } }
              - { name: by-compose, match: { compose: shop/db } }
              - { name: by-pod, match: { namespace: shop, pod: "redis-*" } }
              - { name: by-otel, match: { otel: check* } }
            """);
        string Name(string labels, string cgroup = "/", string otel = "") => naming.Name(
            Host, ProgramNameTests.Facts("/usr/bin/x", "") with { Labels = Labels(labels), Cgroup = cgroup, ServiceName = otel }, []).Name;
        Assert.Equal("by-container", Name("container.name=web-1 container.image=nginx:1"));
        Assert.Equal("by-machine", Name("", "/lxc.payload.mail"));
        Assert.Equal("by-compose", Name("compose.project=shop compose.service=db"));
        Assert.Equal("by-pod", Name("k8s.namespace=shop k8s.pod=redis-0"));
        Assert.Equal("by-otel", Name("", otel: "checkout"));
        Assert.Equal("x", Name("container.name=web-1"));
        Assert.Equal("external", naming.NameUnresolved(Endpoint("198.51.100.1", 443)).Kind);
    }

    [Fact]
    public void Units_and_containers_are_stronger_than_programs()
    {
        var id = new string('a', 64);
        var facts = ProgramNameTests.Facts("/usr/sbin/nginx", "");
        Assert.Equal(("nginx-proxy", "systemd"), Pair(Naming().Name(Host, facts with { Cgroup = "/system.slice/nginx-proxy.service" }, Listens("80"))));
        Assert.Equal(("nginx-aaaaaaaaaaaa", "container"), Pair(Naming().Name(Host, facts with { Cgroup = $"/system.slice/docker-{id}.scope" }, Listens("80"))));
    }

    [Fact]
    public void A_rule_is_stronger_than_all_and_makes_one_service_of_many_hosts()
    {
        var naming = Naming("rules: [{ name: shop, tier: edge, tags: { team: a }, match: { port: [80, 8000-8007] } }]");
        var facts = ProgramNameTests.Facts("/usr/sbin/nginx", "") with { Cgroup = "/system.slice/nginx.service" };
        var one = naming.Name(Host, facts, Listens("80"));
        var other = naming.Name(Host with { Id = "other", Name = "beta" }, facts, Listens("8003"));
        Assert.Equal(("service/shop", "edge", "rule rules.yaml:1"), (one.Id, one.Tier, one.NamedBy));
        Assert.Equal(one.Id, other.Id);
        Assert.Equal("a", one.Tags["team"]);
        Assert.Equal("systemd", naming.Name(Host, facts, Listens("9000")).Kind);
    }

    [Theory]
    [InlineData("/usr/lib/postgresql/15/bin/postgres", "data")]
    [InlineData("/usr/bin/redis-server", "data")]
    [InlineData("/usr/sbin/nginx", null)]
    public void Databases_are_data_by_their_program(string exe, string? tier) =>
        Assert.Equal(tier, Naming().Name(Host, ProgramNameTests.Facts(exe, ""), []).Tier);

    [Theory]
    [InlineData("127.0.0.1", 9999, "address", "127.0.0.1:9999", "address/0123456789ab/127.0.0.1:9999")]
    [InlineData("10.0.0.1", 9999, "address", "10.0.0.1:9999", "address/0123456789ab/10.0.0.1:9999")]
    [InlineData("10.0.0.2", 5432, "external", "10.0.0.2:5432", "external/10.0.0.2:5432")]
    [InlineData("2001:db8::1", 443, "external", "[2001:db8::1]:443", "external/[2001:db8::1]:443")]
    [InlineData("2001:db8::1", null, "external", "2001:db8::1", "external/2001:db8::1")]
    public void An_endpoint_without_a_process_is_its_address(string address, int? port, string kind, string name, string id)
    {
        var naming = Naming();
        naming.Know(Host);
        var service = naming.NameUnresolved(Endpoint(address, port));
        Assert.Equal((kind, name, id), (service.Kind, service.Name, service.Id));
        Assert.Equal(port == 5432 ? "postgresql" : port == 443 ? "https" : null, service.Tags.GetValueOrDefault("port"));
    }

    [Fact]
    public void Only_rules_with_an_address_name_outside_services()
    {
        var naming = Naming("""
            rules:
              - { name: by-port, match: { port: 443 } }
              - { name: bank, match: { address: 203.0.113.0/24, port: 443 } }
            """);
        Assert.Equal("bank", naming.NameUnresolved(Endpoint("203.0.113.9", 443)).Name);
        Assert.Equal("external", naming.NameUnresolved(Endpoint("203.0.113.9", 80)).Kind);
        Assert.Equal("external", naming.NameUnresolved(Endpoint("198.51.100.1", 443)).Kind);
    }

    [Theory]
    [InlineData("127.0.0.1", 8003, "product", "address")]
    [InlineData("10.0.0.1", 8003, "product", "address")]
    [InlineData("127.0.0.1", 8004, "127.0.0.1:8004", "address")]
    [InlineData("127.0.0.1", 8005, "127.0.0.1:8005", "address")]
    [InlineData("127.0.0.1", 8006, "127.0.0.1:8006", "address")]
    [InlineData("10.0.0.2", 8003, "10.0.0.2:8003", "external")]
    public void A_rule_by_port_names_an_endpoint_of_the_host_itself_that_nobody_listens_on(string address, int port, string name, string kind)
    {
        var naming = Naming("""
            rules:
              - { name: elsewhere, match: { port: 8003, host: beta } }
              - { name: product, match: { port: 8003 } }
              - { name: by-program, match: { port: 8004, process: shop } }
              - { name: all-of-the-host, match: { host: alpha } }
              - { name: by-argument, match: { port: 8006, argument: web } }
            """);
        naming.Know(Host);
        Assert.Equal((name, kind), Pair(naming.NameUnresolved(Endpoint(address, port))));
    }

    [Fact]
    public void The_agents_and_the_operators_own_processes_are_hidden_unless_asked_for()
    {
        var self = new OperatorProcess("boot-1", 100, DateTimeOffset.UnixEpoch.AddSeconds(1000), "tendril-operator");
        var facts = ProgramNameTests.Facts("/usr/bin/tendril-operator", "");
        var inContainer = facts with { Pid = 4711, StartTime = DateTimeOffset.UnixEpoch.AddSeconds(1001.1) };
        Assert.True(Naming(self: self).Name(Host, inContainer, []).Hidden);
        Assert.False(Naming(self: self).Name(Host, inContainer with { StartTime = DateTimeOffset.UnixEpoch.AddSeconds(1003) }, []).Hidden);
        Assert.True(Naming(self: self).Name(Host, facts, []).Hidden);
        Assert.True(Naming(self: self).Name(Host, ProgramNameTests.Facts("/usr/bin/tendril-agent", "") with { Pid = 999 }, []).Hidden);
        Assert.False(Naming(self: self).Name(Host with { BootId = "boot-2" }, facts, []).Hidden);
        Assert.False(Naming(self: self).Name(Host, ProgramNameTests.Facts("/sbin/init", ""), []).Hidden);
        Assert.False(new ServiceNaming(new([]), self, includeSelf: true).Name(Host, facts, []).Hidden);
    }

    [Fact]
    public void Names_from_strangers_are_cleaned_and_bounded()
    {
        var service = Naming().Name(Host, ProgramNameTests.Facts("", "", "a\nb/c" + new string('x', 1000)), []);
        Assert.StartsWith("a?b?cx", service.Name, StringComparison.Ordinal);
        Assert.Equal(ServiceNaming.MaxNameLength, service.Name.Length);
    }

    private static ServiceNaming Naming(string rules = "rules: []", OperatorProcess? self = null) =>
        new(new(RulesFile.Parse(rules, "rules.yaml").Rules), self ?? new("boot-0", 1, default, "x"), includeSelf: false);

    private static ImmutableSortedDictionary<string, string> Labels(string labels) => labels.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(label => label.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1]);

    private static List<ListeningEndpoint> Listens(string ports) =>
        [.. ports.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(port => new ListeningEndpoint(NetAddress.Parse("0.0.0.0"), ushort.Parse(port, null), Transport.Tcp))];

    private static UnresolvedEndpoint Endpoint(string address, int? port) => new(Host.Id, Host.Name, 0, NetAddress.Parse(address), (ushort?)port, Transport.Tcp);

    private static (string Name, string Kind) Pair(ServiceIdentity service) => (service.Name, service.Kind);
}
