using System.Collections.Immutable;
using CsCheck;
using Tendril.Graph;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

/// <summary>
/// The same programs after a restart of anything: other pids, numbers, start times and cookies, met in another order, containers and pods made
/// anew where that changes their ids. Names and ids must be the same.
/// </summary>
public class StableNamesTests
{
    private static readonly Program[] Programs =
    [
        new("nginx master", "/usr/sbin/nginx", "nginx", "/system.slice/nginx.service", 1) { Ports = [80, 443] },
        new("nginx worker", "/usr/sbin/nginx", "nginx", "/system.slice/nginx.service", 1),
        new("app", "/usr/bin/python3.11", "python3", "/user.slice/user-1000.slice/session-{0}.scope", 1) { Arguments = "/srv/app.py", Ports = [8001, 9001] },
        new("app worker", "/usr/bin/python3.11", "python3", "/user.slice/user-1000.slice/session-{0}.scope", 1) { Arguments = "/srv/app.py" },
        new("app twin", "/usr/bin/python3.11", "python3", "/user.slice/user-1000.slice/session-{1}.scope", 1) { Arguments = "/srv/app.py", Ports = [8002] },
        new("client", "/usr/bin/python3.11", "python3", "/user.slice/user-1000.slice/session-{0}.scope", 1) { Arguments = "/srv/client.py" },
        new("curl", "/usr/bin/curl", "curl", "/user.slice/user-1000.slice/session-{0}.scope", 1),
        new("curl, gone", "", "curl", "/user.slice/user-1000.slice/session-{0}.scope", 1),
        new("transient", "/usr/bin/backup", "backup", "/system.slice/run-u{0}.service", 1),
        new("sshd of a connection", "/usr/sbin/sshd", "sshd", "/system.slice/system-sshd.slice/sshd@{0}-10.0.0.1:22-10.0.0.2:5{0}.service", 1),
        new("otel", "/usr/bin/node", "node", "/user.slice/user-1000.slice/session-{0}.scope", 1) { Arguments = "server.js", ServiceName = "checkout", Ports = [3000] },
        new("compose", "/usr/bin/redis-server", "redis-server", "/docker/{2}", 2) { Labels = "compose.project=shop compose.service=cache container.name=shop-cache-1", Ports = [6379] },
        new("pod", "/app/server", "server", "/kubepods/burstable/pod{3}/{2}", 3) { Labels = "k8s.pod=checkout-7d9c5b6f4-{4} k8s.namespace=shop k8s.container=server", Ports = [8080] },
        new("sidecar", "/usr/local/bin/envoy", "envoy", "/kubepods/burstable/pod{3}/{2}", 3) { Labels = "k8s.pod=checkout-7d9c5b6f4-{4} k8s.namespace=shop k8s.container=istio-proxy", Ports = [15001] },
        new("machine", "/usr/sbin/postfix", "master", "/lxc.payload.mail/system.slice/postfix.service", 4) { Ports = [25] },
        new("named namespace", "/usr/bin/python3.11", "python3", "/user.slice/user-1000.slice/session-{0}.scope", 5) { Arguments = "/srv/app.py", Labels = "netns=blue", Ports = [8001] },
        new("namespace without a name", "/usr/bin/python3.11", "python3", "/user.slice/user-1000.slice/session-{0}.scope", 6) { Arguments = "/srv/app.py", Ports = [8001] },
    ];

    [Fact]
    public void Names_and_ids_are_the_same_whatever_a_restart_changes()
    {
        var expected = Names(0);
        Assert.Equal(
            [
                "app = app.py:8001", "app twin = app.py:8002", "app worker = app.py:8001", "client = client.py", "compose = cache", "curl = curl", "curl, gone = curl",
                "machine = postfix", "named namespace = app.py:8001", "namespace without a name = app.py:8001", "nginx master = nginx", "nginx worker = nginx",
                "otel = checkout", "pod = checkout", "sidecar = checkout (istio-proxy)", "sshd of a connection = sshd", "transient = backup",
            ],
            expected.Select(pair => $"{pair.Key} = {pair.Value.Name}"));
        Gen.Int[1, 1_000_000].Sample(seed => Assert.Equal(expected, Names(seed)), iter: 200, threads: 1);
    }

    [Fact]
    public void What_is_told_apart_by_its_place_alone_has_ids_of_its_own()
    {
        var ids = Names(0);
        string[] keys = ["app", "named namespace", "namespace without a name", "app twin"];
        Assert.Distinct(keys.Select(key => ids[key].Id));
        Assert.Equal(ids["app"].Id, ids["app worker"].Id);
        Assert.Equal(ids["curl"].Id, ids["curl, gone"].Id);
    }

    private static SortedDictionary<string, (string Id, string Name, string NamedBy)> Names(int seed)
    {
        var random = new Random(seed);
        var cookies = Enumerable.Range(0, 10).Select(_ => (ulong)random.NextInt64()).ToArray();
        var host = new HostFacts(TestOperator.MachineId, "alpha", $"boot-{seed}", cookies[1], [], 1);
        var naming = new ServiceNaming(new([]), new("other", 1, default, "x"), false);
        naming.Know(host);
        var processes = new HostProcesses(host, naming, 1000);
        object[] shared = [random.Next(1, 1000), random.Next(1000, 2000), "", Guid(random), Letters(random)];
        var numbers = Enumerable.Range(1, Programs.Length).Select(n => (uint)n).ToArray();
        random.Shuffle(numbers);
        var steps = new List<Action>();
        foreach (var (program, number) in Programs.Zip(numbers))
        {
            object[] ids = [shared[0], shared[1], Hex(random, 64), shared[3], shared[4]];
            steps.Add(() => processes.Add(program.Facts(number, random, cookies[program.Namespace], ids)));
            steps.AddRange(program.Ports.Select(port => (Action)(() => processes.Add(new ListenerObservation(
                cookies[program.Namespace], NetAddress.Parse("0.0.0.0"), port, Transport.Tcp, number, true, DateTimeOffset.UnixEpoch)))));
        }

        foreach (var step in Shuffled(random, steps))
        {
            step();
            if (random.Next(3) == 0)
            {
                _ = processes.TakeChanges().ToList();
            }
        }

        // A full report tells all once more.
        steps.ForEach(step => step());
        _ = processes.TakeChanges().ToList();
        return new(Programs.Zip(numbers).ToDictionary(
            pair => pair.First.Key, pair => processes.ServiceOf(pair.Second)! is var service ? (service.Id, service.Name, service.NamedBy) : default));
    }

    private static Action[] Shuffled(Random random, List<Action> steps)
    {
        var shuffled = steps.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static string Hex(Random random, int digits) => random.GetHexString(digits, lowercase: true);

    private static string Letters(Random random) => random.GetString("bcdfghjklmnpqrstvwxz2456789", 5);

    private static string Guid(Random random) => $"{Hex(random, 8)}-{Hex(random, 4)}-{Hex(random, 4)}-{Hex(random, 4)}-{Hex(random, 12)}";

    private sealed record Program(string Key, string Exe, string Comm, string Cgroup, int Namespace)
    {
        public string Arguments { get; init; } = "";

        public string ServiceName { get; init; } = "";

        public string Labels { get; init; } = "";

        public ushort[] Ports { get; init; } = [];

        public ProcessFacts Facts(uint number, Random random, ulong cookie, object[] ids) => new(
            number, (uint)random.Next(2, 4_000_000), DateTimeOffset.UnixEpoch.AddSeconds(random.Next()), Comm, Exe,
            Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray(), Format(Cgroup, ids), cookie, random.Next(5) > 0)
        {
            ServiceName = ServiceName,
            Labels = Format(Labels, ids).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1]),
        };

        private static string Format(string text, object[] ids) => string.Format(System.Globalization.CultureInfo.InvariantCulture, text, ids);
    }
}
