using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>Names processes that may be one service: those of a container, or those of one executable in one cgroup.</summary>
internal static class ServiceGroup
{
    public static void Name(
        HostFacts host, ServiceNaming naming, IReadOnlyCollection<HostProcesses.Entry> members, ILookup<uint, ListeningEndpoint> listens)
    {
        var named = members.OrderBy(entry => entry.Facts.Number)
            .Select(entry =>
            {
                var own = entry.Remember(listens[entry.Facts.Number]);
                return new Member(entry, own, naming.Name(host, entry.Facts, own));
            })
            .ToList();
        var container = ContainerService(named);
        var adopted = Forks(named);
        foreach (var member in named)
        {
            member.Entry.Assign(
                member.IsSettled ? member.Service
                : container ?? (member.KnownBy is null ? adopted(member) : null) ?? member.Service);
        }
    }

    /// <summary>A container has one name: a rule's, else one that somebody gave it, else that of who listens where it is known, else that of who came first.</summary>
    private static ServiceIdentity? ContainerService(List<Member> members) =>
        members.Exists(member => member.Service.Kind is "container" or "kubernetes")
            ? members.OrderBy(member => member.IsByRule ? 0 : member.Service.NamedBy == ServiceNaming.ByContainerId ? 2 : 1)
                .ThenBy(member => member.KnownBy is null)
                .ThenBy(member => member.KnownBy?.Rank)
                .ThenBy(member => member.Entry.Facts.StartTime)
                .ThenBy(member => member.Service.Name, StringComparer.Ordinal)
                .First(member => !member.Service.Hidden || members.TrueForAll(other => other.Service.Hidden)).Service
            : null;

    /// <summary>
    /// A worker that was forked has the arguments of the process that listens, or has written a title over them. It joins
    /// that service when there is no doubt which one it is.
    /// </summary>
    private static Func<Member, ServiceIdentity?> Forks(List<Member> members)
    {
        var listening = members.Where(member => member.IsServer && !member.Service.Hidden).ToList();
        var byArguments = listening.ToLookup(member => Arguments(member.Entry.Facts), member => member.Service);
        var all = listening.Select(member => member.Service).ToList();
        return member => Sole(byArguments[Arguments(member.Entry.Facts)])
            ?? (ProgramName.HasWrittenTitle(member.Entry.Facts) ? Sole(all) : null);
    }

    private static ServiceIdentity? Sole(IEnumerable<ServiceIdentity> services)
    {
        var distinct = services.DistinctBy(service => service.Id).Take(2).ToList();
        return distinct.Count == 1 ? distinct[0] : null;
    }

    private static string Arguments(ProcessFacts facts) => string.Join('\0', facts.Arguments);

    private sealed record Member(HostProcesses.Entry Entry, IReadOnlyList<ListeningEndpoint> Listens, ServiceIdentity Service)
    {
        public ListeningEndpoint? KnownBy { get; } = ListeningEndpoint.KnownBy(Listens);

        /// <summary>Others may take its name: one on an ephemeral port alone serves nobody who knows where it is, unless a rule says so.</summary>
        public bool IsServer => KnownBy is not null || (IsByRule && Listens.Count > 0);

        public bool IsByRule => Service.NamedBy.StartsWith("rule ", StringComparison.Ordinal);

        /// <summary>Nothing else may rename it.</summary>
        public bool IsSettled => IsByRule || Service.Hidden || (Service is { NamedBy: ServiceNaming.ByEnvironment, Kind: "process" });
    }
}
