using Microsoft.Data.Sqlite;
using Tendril.Graph;
using Tendril.Operator.Memory;

namespace Tendril.Operator.Tests.Memory;

/// <summary>A file that cannot be used is refused with what to do, and left as it is.</summary>
public sealed class MemoryFileTests : IDisposable
{
    private readonly MemoryFolder _memory = new();

    [Theory]
    [InlineData("PRAGMA user_version = 99", "has schema 99, and this operator (0.1.0) knows schema 1. It was left as it is; run the newer operator that wrote it, or begin anew: mv ")]
    [InlineData("PRAGMA application_id = 1", "is a SQLite file, but not the memory of an operator. It was left as it is; name another file")]
    [InlineData("DROP TABLE links", "is damaged (SQLite Error 1: 'no such table: links'.). It was left as it is; take it away to begin anew: mv ")]
    [InlineData("UPDATE dependencies SET address = x'01'", "is damaged (")]
    [InlineData("UPDATE listeners SET owners = 'nobody'", "is damaged (")]
    public async Task What_is_not_ours_is_refused(string statement, string message)
    {
        await WriteShopAsync();
        Execute(statement);
        AssertRefused(message);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_wherever_the_damage_is()
    {
        await WriteShopAsync();
        var whole = await File.ReadAllBytesAsync(_memory.File, TestContext.Current.CancellationToken);
        var refused = 0;
        for (var page = 0; page < whole.Length / 4096; page++)
        {
            var damaged = (byte[])whole.Clone();
            new Random(page).NextBytes(damaged.AsSpan(page * 4096, 4096));
            await File.WriteAllBytesAsync(_memory.File, damaged, TestContext.Current.CancellationToken);
            AssertRefused("is damaged (");
            refused++;
        }

        Assert.True(refused > 10);
        await File.WriteAllTextAsync(_memory.File, "not a database, but long enough to be taken for one: " + new string('x', 4096), TestContext.Current.CancellationToken);
        AssertRefused("is damaged (SQLite Error 26: 'file is not a database'.)");
        await File.WriteAllBytesAsync(_memory.File, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        AssertRefused("is damaged (");
    }

    [Fact]
    public async Task One_that_another_operator_has_open_is_refused_by_name()
    {
        await using var test = await _memory.StartAsync();
        using var second = new MemoryFile(_memory.File, 1 << 20);
        var refusal = Assert.Throws<MemoryFileException>(() => second.Read());
        Assert.True(refusal.CanPass);
        Assert.Equal($"--memory: '{_memory.File}' is in use by another operator. Stop that one, or give each a file of its own", refusal.Message);
    }

    [Fact]
    public async Task Beyond_its_limit_what_was_silent_for_longest_goes_first()
    {
        const int Limit = 1 << 20;
        await using (var test = await _memory.StartAsync(options => (options.MaxMemoryBytes, options.MaxAddressesPerService) = (Limit, 100_000)))
        {
            await using var agent = await test.ConnectAsync();
            for (var batch = 0u; batch < 8; batch++)
            {
                var report = new Protocol.Report { FullBegin = batch == 0, FullEnd = batch == 0, Processes = { TestAgent.Process(1, "/usr/bin/scan") } };
                for (var port = 1u; port <= 1500; port++)
                {
                    var call = TestAgent.Calls(1, (batch * 1500) + port, 1, "10.9.9.9");
                    (call.FirstSeenUs, call.LastSeenUs) = (TestAgent.Now - (60_000_000 - (batch * 1_000_000)), TestAgent.Now - (60_000_000 - (batch * 1_000_000)));
                    report.Dependencies.Add(call);
                }

                await agent.ReportAsync(report);
                await test.MetricAsync("tendril_memory_saved_rows_total", rows => rows >= (batch + 1) * 1500);
            }

            Assert.True(await test.MetricAsync("tendril_memory_forgotten_rows_total", rows => rows > 0) > 0);
            Assert.Equal(0, await test.MetricAsync("tendril_memory_failed_saves_total", _ => true));
            Assert.Contains(test.Warnings, warning => warning.Contains($"reached --max-memory-bytes {Limit}", StringComparison.Ordinal));
            var limit = (await test.JsonAsync("/api/dependency-graph?service=scan&depth=0")).GetProperty("stats").GetProperty("limits").EnumerateArray()
                .Single(limit => limit.GetProperty("flag").GetString() == "--max-memory-bytes");
            Assert.InRange(limit.GetProperty("used").GetInt64(), Limit / 2, Limit);
            Assert.True(limit.GetProperty("refused").GetInt64() > 0);
        }

        Assert.InRange(new FileInfo(_memory.File).Length, Limit / 2, Limit);
        await using var restarted = await _memory.StartAsync(options => (options.MaxMemoryBytes, options.MaxAddressesPerService) = (Limit, 100_000));
        var ports = (await restarted.GraphAsync(graph => graph.GetProperty("edges").GetArrayLength() > 0)).GetProperty("edges").EnumerateArray().Select(edge => edge.GetProperty("port").GetInt32()).ToHashSet();
        Assert.All(Enumerable.Range(7 * 1500 + 1, 1500), port => Assert.Contains(port, ports));
        Assert.DoesNotContain(1, ports);
    }

    [Fact]
    public void A_graph_that_is_too_large_for_it_is_kept_in_part()
    {
        var rows = new GraphRows { IsWhole = true, TakenAt = 5 };
        for (var i = 1; i <= 40_000; i++)
        {
            rows.Dependencies.Add(new DependencyRow(
                i, 1, 0, Role.Client, new RowEndpoint(new NetAddress(1, (ulong)i), 80, Transport.Tcp), default, 0, new Counters(1, 0, 1, 1, 1, 0), i, i, null, null));
        }

        using (var file = new MemoryFile(_memory.File, 1 << 20))
        {
            file.Read();
            Assert.InRange(file.Write(rows, [], []), 10_000, 39_000);
        }

        using var again = new MemoryFile(_memory.File, 1 << 20);
        var kept = again.Read().Rows.Dependencies;
        Assert.Equal(Enumerable.Range(40_001 - kept.Count, kept.Count), kept.Select(row => (int)row.Row));
        Assert.InRange(new FileInfo(_memory.File).Length, 1, 1 << 20);
    }

    [Fact]
    public async Task A_file_that_is_taken_away_is_written_anew()
    {
        await using var test = await _memory.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.MetricAsync("tendril_memory_saved_rows_total", rows => rows >= 10);
        File.Move(_memory.File, _memory.File + ".old");
        await agent.ReportAsync(TestAgent.Shop(calls: 6));
        for (var left = 2400; !File.Exists(_memory.File) || new FileInfo(_memory.File).Length == 0; left--)
        {
            Assert.True(left > 0);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Contains(test.Warnings, warning => warning.Contains("it was taken away, and is written anew", StringComparison.Ordinal));
    }

    public void Dispose() => _memory.Dispose();

    private async Task WriteShopAsync()
    {
        await using var test = await _memory.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(graph => graph.Edges().Count == 2);
    }

    private void Execute(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_memory.File};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement + "; PRAGMA wal_checkpoint(TRUNCATE);";
        command.ExecuteNonQuery();
    }

    private void AssertRefused(string message)
    {
        var before = File.ReadAllBytes(_memory.File);
        using var file = new MemoryFile(_memory.File, 1 << 28);
        var refusal = Assert.Throws<MemoryFileException>(() => file.Read());
        Assert.False(refusal.CanPass);
        Assert.StartsWith($"--memory: '{_memory.File}' {message}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_memory.File));
    }
}
