namespace Tendril.Agent.Identity;

/// <summary>What is told of the place that a process runs in beside its cgroup: its container and its network namespace.</summary>
internal sealed class PlaceLabels(ContainerLabels containers, NamespaceNames namespaces)
{
    /// <summary>The label that holds the name of a network namespace.</summary>
    public const string Namespace = "netns";

    public void Learn(ulong networkNamespace, ulong inode) => namespaces.Learn(networkNamespace, inode);

    public IReadOnlyDictionary<string, string> Of(string cgroup, ulong networkNamespace)
    {
        var labels = containers.Of(cgroup);
        return namespaces.Find(networkNamespace) is { Length: > 0 } name
            ? new Dictionary<string, string>(labels) { [Namespace] = name } : labels;
    }
}
