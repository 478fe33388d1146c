using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tendril.Agent.Names;

namespace Tendril.Agent.Tests.Names;

/// <summary>TLS hellos as this machine's own TLS writes them, and hostile ones.</summary>
public sealed class TlsHelloTests
{
    [Fact]
    public async Task A_real_hello_names_the_server()
    {
        Assert.Equal("api.example.com", TlsHello.ReadServerName(await HelloAsync("API.example.com")));
    }

    [Fact]
    public async Task A_hello_without_a_name_tells_nothing()
    {
        Assert.Null(TlsHello.ReadServerName(await HelloAsync("")));
    }

    [Fact]
    public async Task Every_cut_and_every_changed_byte_is_survived()
    {
        var whole = await HelloAsync("api.example.com");
        var random = new Random(7);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.True(TlsHello.ReadServerName(whole.AsSpan(0, length)) is null or "api.example.com");
        }

        for (int i = 0; i < 200_000; i++)
        {
            var changed = whole.ToArray();
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            Assert.True(TlsHello.ReadServerName(changed) is not { } name || HostName.IsValid(name));
        }
    }

    /// <summary>What a client of this machine's TLS sends first.</summary>
    private static async Task<byte[]> HelloAsync(string name)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        var handshake = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }, TestContext.Current.CancellationToken);
        var buffer = new byte[16 * 1024];
        int length = await accepted.GetStream().ReadAtLeastAsync(buffer, 60, throwOnEndOfStream: true, TestContext.Current.CancellationToken);
        accepted.Close();
        await Assert.ThrowsAnyAsync<Exception>(() => handshake);
        return buffer[..length];
    }
}
