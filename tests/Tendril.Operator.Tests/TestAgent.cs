using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Tendril.Protocol;

namespace Tendril.Operator.Tests;

/// <summary>Speaks to the operator as an agent does, over a real connection.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    public const ulong HostNamespace = 1;
    private readonly AsyncDuplexStreamingCall<AgentMessage, OperatorMessage> _call;
    private ulong _sequence;

    private TestAgent(AsyncDuplexStreamingCall<AgentMessage, OperatorMessage> call) => _call = call;

    public static ulong Now => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    public int Budget { get; private set; } = -1;

    public static Hello Hello() => new()
    {
        ProtocolVersion = 1,
        AgentVersion = "0.1.0",
        MachineId = TestOperator.MachineId,
        BootId = "boot-1",
        Hostname = "alpha",
        KernelRelease = "6.1.0",
        AgentStartUs = 1_000_000,
        AgentPid = 999,
        HostNetworkNamespace = HostNamespace,
        HostAddresses = { Address("10.0.0.1"), Address("127.0.0.1") },
        Capabilities = { new Capability { Name = "sockops", Available = true } },
        Scope = "/",
    };

    public static async Task<TestAgent> ConnectAsync(ChannelBase channel, Action<Hello>? change = null)
    {
        var agent = new TestAgent(new Protocol.Ingest.IngestClient(channel).Connect(cancellationToken: TestContext.Current.CancellationToken));
        var hello = Hello();
        change?.Invoke(hello);
        await agent.SendAsync(new() { Hello = hello });
        await agent.ReadUntilAsync(message => message.Welcome is not null);
        return agent;
    }

    public Task SendAsync(AgentMessage message) => _call.RequestStream.WriteAsync(message);

    /// <summary>Sends a report and waits until it is in the graph.</summary>
    public async Task ReportAsync(Report report)
    {
        report.Sequence = ++_sequence;
        report.TimeUs = report.TimeUs == 0 ? Now : report.TimeUs;
        await SendAsync(new() { Report = report });
        await ReadUntilAsync(message => message.Acknowledgement is { } ack && ack.Sequence >= report.Sequence);
    }

    /// <summary>Reads until a message is as the condition says; a call that ends before throws its status.</summary>
    public async Task ReadUntilAsync(Func<OperatorMessage, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await _call.ResponseStream.MoveNext(limit.Token))
        {
            Budget = (int?)_call.ResponseStream.Current.FlowEventBudget?.EventsPerSecond ?? Budget;
            if (condition(_call.ResponseStream.Current))
            {
                return;
            }
        }

        throw new InvalidOperationException("the operator ended the stream");
    }

    public static ByteString Address(string text) => ByteString.CopyFrom(IPAddress.Parse(text).MapToIPv6().GetAddressBytes());

    public static Process Process(uint number, string exe, params string[] arguments) => new()
    {
        Number = number,
        Pid = 1000 + number,
        StartTimeUs = 2_000_000 + number,
        Comm = Path.GetFileName(exe),
        Exe = exe,
        Arguments = { arguments },
        Cgroup = "/user.slice/user-1000.slice/session-3.scope",
        NetworkNamespace = HostNamespace,
        Alive = true,
        Instances = 1,
    };

    public static Listener Listens(uint process, uint port, string address = "0.0.0.0", ulong networkNamespace = HostNamespace) => new()
    {
        NetworkNamespace = networkNamespace,
        Address = Address(address),
        Port = port,
        Transport = Transport.Tcp,
        ProcessNumber = process,
        Open = true,
        SinceUs = 2_000_000,
    };

    /// <summary>What a client process counted of its connections to an address.</summary>
    public static Dependency Calls(uint process, uint port, ulong opened, string address = "127.0.0.1", ulong networkNamespace = HostNamespace, ulong failed = 0) => new()
    {
        NetworkNamespace = networkNamespace,
        ProcessNumber = process,
        Role = Role.Client,
        Transport = Transport.Tcp,
        ServerAddress = Address(address),
        ServerPort = port,
        Counters = new() { Opened = opened, Closed = opened, Failed = failed, BytesSent = opened * 100, BytesReceived = opened * 1000 },
        FirstSeenUs = Now - 1000,
        LastSeenUs = Now,
    };

    /// <summary>traffic -> web.py:8000 -> postgres, in one full report.</summary>
    public static Report Shop(ulong calls = 5) => new()
    {
        FullBegin = true,
        FullEnd = true,
        Processes =
        {
            Process(1, "/usr/bin/python3.11", "python3", "/srv/web.py"),
            Process(2, "/usr/lib/postgresql/15/bin/postgres", "postgres", "-D", "/var/lib"),
            Process(3, "/usr/bin/curl", "curl", "http://localhost:8000"),
        },
        Listeners = { Listens(1, 8000), Listens(2, 5432, "127.0.0.1") },
        Dependencies = { Calls(3, 8000, calls), Calls(1, 5432, calls * 2) },
    };

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The operator ended the call, which some tests are about.
        }

        _call.Dispose();
    }
}
