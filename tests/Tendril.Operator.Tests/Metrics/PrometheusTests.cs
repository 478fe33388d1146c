using System.Globalization;
using System.Text.RegularExpressions;
using Tendril.Operator.Metrics;

namespace Tendril.Operator.Tests.Metrics;

public partial class PrometheusTests
{
    [Fact]
    public async Task Every_line_is_of_the_text_format_and_the_numbers_are_the_graphs()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        report.Dependencies[0].Counters.Failed = 2;
        report.Dependencies[0].Counters.Refused = 1;
        report.Losses = new() { FlowEventsDropped = 4, CounterOverflows = { ["dependency_map"] = 3 } };
        await agent.ReportAsync(report);
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        using var response = await test.Http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var samples = Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(7, samples["""traces_service_graph_request_total{client="curl",server="web.py:8000",connection_type=""}"""]);
        Assert.Equal(2, samples["""traces_service_graph_request_failed_total{client="curl",server="web.py:8000",connection_type=""}"""]);
        Assert.Equal(1, samples["""tendril_connects_failed_total{client="curl",server="web.py:8000",reason="refused"}"""]);
        Assert.Equal(1, samples["""tendril_connects_failed_total{client="curl",server="web.py:8000",reason="other"}"""]);
        Assert.Equal(10, samples["""traces_service_graph_request_total{client="web.py:8000",server="postgres",connection_type="database"}"""]);
        Assert.Equal(500, samples["""tendril_bytes_total{client="curl",server="web.py:8000",direction="sent"}"""]);
        Assert.Equal(1, samples["""tendril_agent_connected{host="alpha"}"""]);
        Assert.Equal(3, samples["""tendril_counter_overflows_total{host="alpha",map="dependency_map"}"""]);
        Assert.Equal(4, samples["tendril_flow_events_lost_total"]);
        Assert.Equal((3, 2, 1), (samples["tendril_graph_nodes"], samples["tendril_graph_edges"], samples["tendril_ingest_reports_total"]));
    }

    [Fact]
    public void Label_values_are_escaped() =>
        Assert.Equal("""{a="x\"y\\z\n"}""", PrometheusText.Labels(("a", "x\"y\\z\n")));

    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var (samples, types) = (new Dictionary<string, double>(), new HashSet<string>());
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.True(types.Add(line.Split(' ')[2]), "one family twice: " + line);
            }
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var match = Sample().Match(line);
                Assert.True(match.Success, line);
                Assert.Contains(match.Groups["name"].Value, types);
                Assert.True(samples.TryAdd(match.Groups["series"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)), "one series twice: " + line);
            }
        }

        return samples;
    }

    [GeneratedRegex("""^(?<series>(?<name>[a-z_]+)(\{[a-z_]+="([^"\\\n]|\\.)*"(,[a-z_]+="([^"\\\n]|\\.)*")*\})?) (?<value>[0-9.eE+-]+)$""")]
    private static partial Regex Sample();
}
