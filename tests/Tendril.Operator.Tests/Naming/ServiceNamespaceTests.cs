using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public class ServiceNamespaceTests
{
    private const string Id = "3f4e1b2a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f";
    private static readonly HostFacts Host = new(TestOperator.MachineId, "alpha", "boot-1", 1, [], 999);

    [Theory]
    [InlineData("k8s.pod=checkout-7d9c5b6f4-x2x9z k8s.namespace=shop compose.project=no", "/kubepods/besteffort/x", "shop")]
    [InlineData("k8s.pod=checkout-7d9c5b6f4-x2x9z", "/shop.slice", "default")]
    [InlineData("compose.project=shop compose.service=web", "/system.slice/docker-" + Id + ".scope", "shop")]
    [InlineData("compose.project=a/b", "/", "a?b")]
    [InlineData("", "/lxc.payload.mail/system.slice/postfix.service", "mail")]
    [InlineData("", "/machine.slice/machine-mail.scope", "mail")]
    [InlineData("", "/machine.slice/libpod-" + Id + ".scope", "machine")]
    [InlineData("", "/shop.slice/shop-backend.slice/orders.service", "shop-backend")]
    [InlineData("", "/shop.slice/docker-" + Id + ".scope", "shop")]
    [InlineData("", "/shop\\x2dold.slice/orders.service", "shop-old")]
    [InlineData("", "/system.slice/nginx.service", null)]
    [InlineData("", "/system.slice/system-postgresql.slice/postgresql@15-main.service", null)]
    [InlineData("", "/user.slice/user-1000.slice/session-3.scope", null)]
    [InlineData("", "/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service", null)]
    [InlineData("", "/-.slice/x.service", null)]
    [InlineData("", "/machine.slice/machine-libpod_pod_" + Id + ".slice/libpod-" + Id + ".scope", null)]
    [InlineData("", "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod2c48913c_b29f_11e7_9350_020968147796.slice/cri-containerd-" + Id + ".scope", null)]
    [InlineData("", "/", null)]
    public void It_is_what_people_put_the_process_into(string labels, string cgroup, string? expected)
    {
        var facts = ProgramNameTests.Facts("/usr/bin/x", "") with { Cgroup = cgroup, Labels = Labels(labels) };
        Assert.Equal(expected, ServiceNamespace.Of(facts, CgroupPath.Parse(cgroup)));
        Assert.Equal(expected, Naming().Name(Host, facts, []).Namespace);
    }

    [Fact]
    public void A_rule_may_give_another_and_no_id_is_made_of_it()
    {
        const string Rule = "rules: [{ name: shop, namespace: money, match: { process: shop } }, { name: bank, namespace: money, match: { address: 203.0.113.0/24 } }]";
        var facts = ProgramNameTests.Facts("/usr/bin/shop", "") with { Cgroup = "/web.slice/shop.service" };
        var (given, own) = (Naming(Rule).Name(Host, facts, []), Naming(Rule.Replace("namespace: money, ", "")).Name(Host, facts, []));
        Assert.Equal(("service/shop", "money"), (given.Id, given.Namespace));
        Assert.Equal(("service/shop", "web"), (own.Id, own.Namespace));
        Assert.Equal("money", Naming(Rule).NameUnresolved(new(Host.Id, Host.Name, 0, NetAddress.Parse("203.0.113.9"), 443, Transport.Tcp)).Namespace);
    }

    private static ServiceNaming Naming(string rules = "rules: []") =>
        new(new(RulesFile.Parse(rules, "rules.yaml").Rules), new("boot-0", 1, default, "x"), includeSelf: false);

    private static ImmutableSortedDictionary<string, string> Labels(string labels) => labels.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(label => label.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1]);
}
