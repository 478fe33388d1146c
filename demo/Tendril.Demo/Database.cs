using Npgsql;

namespace Tendril.Demo;

/// <summary>The shop's PostgreSQL, as order and user reach it.</summary>
internal static class Database
{
    /// <summary>A small pool whose connections are replaced now and then; nothing is asked of the server that the shop does not need.</summary>
    public static NpgsqlDataSource Open(IServiceProvider _)
    {
        var address = Environment.GetEnvironmentVariable("TENDRIL_DEMO_POSTGRES")
            ?? throw new InvalidOperationException("TENDRIL_DEMO_POSTGRES is not set");
        var builder = new NpgsqlConnectionStringBuilder(address)
        {
            MaxPoolSize = 3,
            ConnectionLifetime = 10,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = 5,
        };
        return NpgsqlDataSource.Create(builder.ConnectionString);
    }
}
