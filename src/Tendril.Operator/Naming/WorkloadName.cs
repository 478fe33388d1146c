using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>The Kubernetes workload that a pod is of, by the pod's name: "checkout" for "checkout-7d9c5b6f4-x2x9z".</summary>
internal static partial class WorkloadName
{
    // Proxies and exporters that are put beside other people's programs: nodes of their own, or every edge would be theirs.
    private static readonly FrozenSet<string> Sidecars = new[]
    {
        "istio-proxy", "linkerd-proxy", "envoy", "envoy-sidecar", "consul-dataplane", "consul-connect-envoy-sidecar", "kuma-sidecar", "daprd",
        "vault-agent", "cloud-sql-proxy", "cloudsql-proxy", "kube-rbac-proxy", "oauth2-proxy", "metrics", "exporter", "fluent-bit", "config-reloader",
    }.ToFrozenSet();

    /// <param name="pod">The pod's name.</param>
    /// <param name="host">Name of its host: a static pod has it at the end of its own.</param>
    public static string Of(string pod, string host)
    {
        foreach (var node in new[] { host, host.Split('.')[0] })
        {
            if (node.Length > 0 && pod.Length > node.Length + 1 && pod.EndsWith("-" + node, StringComparison.OrdinalIgnoreCase))
            {
                return pod[..^(node.Length + 1)];
            }
        }

        return Suffix().Match(pod) is { Success: true } match ? match.Groups["name"].Value : pod;
    }

    /// <summary>True for a container that serves another one in its pod.</summary>
    public static bool IsSidecar(string container) => Sidecars.Contains(container) || container.EndsWith("-exporter", StringComparison.Ordinal);

    // Deployment: the hash of its ReplicaSet, a decimal number in ten letters that stand for the digits, and five random letters of
    // Kubernetes' alphabet without vowels. CronJob: the minute, and those five. DaemonSet and Job: those five; other controllers take five
    // of any letters and digits. StatefulSet: a number.
    [GeneratedRegex("^(?<name>.+?)-(?:[456789bcdf]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}|[bcdfghjklmnpqrstvwxz2456789]{5}|(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{5}|[0-9]{1,5})$")]
    private static partial Regex Suffix();
}
