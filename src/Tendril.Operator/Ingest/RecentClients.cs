using Tendril.Graph;

namespace Tendril.Operator.Ingest;

/// <summary>A connection as its client sees it.</summary>
internal readonly record struct ConnectionTuple(NetAddress Local, ushort LocalPort, NetAddress Remote, ushort RemotePort);

/// <summary>
/// A ring of the connections that clients told of lately, so that the server's event of the same connection can name its client.
/// Loopback addresses of two namespaces may meet here; that can only mislabel one line of `tendril observe`, never the graph.
/// </summary>
internal sealed class RecentClients
{
    private const int Capacity = 8_192;
    private readonly Dictionary<ConnectionTuple, ServiceIdentity> _clients = new(Capacity);
    private readonly Queue<ConnectionTuple> _order = new(Capacity);

    public void Add(in ConnectionTuple connection, ServiceIdentity client)
    {
        if (_clients.TryAdd(connection, client))
        {
            _order.Enqueue(connection);
            if (_order.Count > Capacity)
            {
                _clients.Remove(_order.Dequeue());
            }
        }
        else
        {
            _clients[connection] = client;
        }
    }

    public ServiceIdentity? Find(in ConnectionTuple connection) => _clients.GetValueOrDefault(connection);
}
