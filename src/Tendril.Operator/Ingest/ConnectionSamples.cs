using System.ComponentModel.DataAnnotations;
using Tendril.Graph;
using Tendril.Protocol;
using Role = Tendril.Graph.Role;
using Transport = Tendril.Graph.Transport;

namespace Tendril.Operator.Ingest;

/// <summary>A connection that a flow event told of.</summary>
/// <param name="Time">Of the newest event.</param>
/// <param name="Host">The host's name.</param>
/// <param name="Role">"client" or "server": which end told.</param>
/// <param name="Local">That end's address and port, "10.0.0.1:40000".</param>
/// <param name="Remote">The other end's.</param>
/// <param name="Dialled">What the program asked for, where that is not <paramref name="Remote"/>; else null.</param>
/// <param name="Pid">Of the process.</param>
/// <param name="Comm">The kernel's name for it.</param>
/// <param name="RttMicros">Null until it is told, which is when the connection ends.</param>
internal sealed record ConnectionSample(
    DateTimeOffset Time, string Host, [property: AllowedValues("client", "server")] string Role, string Local, string Remote, string? Dialled, uint Pid, string Comm, double? RttMicros);

/// <summary>
/// The newest few connections of each dependency of one host, whether anybody observes or not. Owned by the graph's writer. Bounded: the
/// dependency that came first is forgotten first.
/// </summary>
internal sealed class ConnectionSamples(string hostname)
{
    public const int OfEach = 4;
    private const int MaxDependencies = 2_048;
    private readonly Dictionary<ReportKey, List<Sample>> _samples = [];
    private readonly Queue<ReportKey> _order = [];

    public void Add(FlowEvent flow, in ReportKey key, NetAddress local, NetAddress remote, DateTimeOffset time)
    {
        if (!_samples.TryGetValue(key, out var samples))
        {
            if (_order.Count == MaxDependencies)
            {
                _samples.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
            _samples.Add(key, samples = new(OfEach));
        }

        var connection = new ConnectionTuple(local, (ushort)flow.LocalPort, remote, (ushort)flow.RemotePort);
        var known = samples.Find(sample => sample.Connection == connection);
        if (known is not null)
        {
            samples.Remove(known);
        }
        else if (samples.Count == OfEach)
        {
            samples.RemoveAt(0);
        }

        var dialled = NetAddress.TryRead(flow.DialledAddress.Span, out var address) ? Text(key.Transport, address, flow.DialledPort) : null;
        samples.Add(new(connection, time, dialled ?? known?.Dialled, flow.Pid, IngestLimits.Cut(flow.Comm, 64), flow.RttUs > 0 ? flow.RttUs : known?.Rtt));
    }

    /// <summary>The newest first.</summary>
    public IEnumerable<ConnectionSample> Of(ReportKey key) => _samples.TryGetValue(key, out var samples)
        ? samples.AsEnumerable().Reverse().Select(sample => new ConnectionSample(
            sample.Time, hostname, key.Role == Role.Client ? "client" : "server",
            Text(key.Transport, sample.Connection.Local, sample.Connection.LocalPort), Text(key.Transport, sample.Connection.Remote, sample.Connection.RemotePort),
            sample.Dialled, sample.Pid, sample.Comm, sample.Rtt))
        : [];

    /// <summary>"10.0.0.1:80"; a Unix socket's end has no such text.</summary>
    public static string Text(Transport transport, NetAddress address, uint port) =>
        transport == Transport.Unix ? "" : address.IsIPv4 ? $"{address}:{port}" : $"[{address}]:{port}";

    private sealed record Sample(ConnectionTuple Connection, DateTimeOffset Time, string? Dialled, uint Pid, string Comm, double? Rtt);
}
