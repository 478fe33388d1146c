using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public class WorkloadNameTests
{
    [Theory]
    [InlineData("checkout-7d9c5b6f4-x2x9z", "checkout")] // Deployment
    [InlineData("hostname-lb-edge-64df67bd8b-xmzhv", "hostname-lb-edge")]
    [InlineData("memhog-578d9b5ffd-lwfxj", "memhog")]
    [InlineData("coredns-5d78c9869d-vk6xr", "coredns")]
    [InlineData("db-mssql-7d9c5b6f4-x2x9z", "db-mssql")]
    [InlineData("redis-0", "redis")] // StatefulSet
    [InlineData("db-mssql-12", "db-mssql")]
    [InlineData("kafka-broker-2-0", "kafka-broker-2")]
    [InlineData("fluentd-abc12", "fluentd")] // DaemonSet
    [InlineData("node-exporter-x8fk2", "node-exporter")]
    [InlineData("edge-guard-7xk2p", "edge-guard")]
    [InlineData("backup-28394040-x2x9z", "backup")] // CronJob
    [InlineData("migrate-zjq4w", "migrate")] // Job
    [InlineData("kube-apiserver-node-1", "kube-apiserver")] // static: the host's name
    [InlineData("etcd-node-1.example.org", "etcd")]
    [InlineData("shop", "shop")] // bare
    [InlineData("my-nginx", "my-nginx")]
    [InlineData("web-proxy", "web-proxy")]
    [InlineData("", "")]
    [InlineData("-", "-")]
    public void A_pod_is_known_by_its_workload(string pod, string workload) =>
        Assert.Equal(workload, WorkloadName.Of(pod, "node-1.example.org"));
}
