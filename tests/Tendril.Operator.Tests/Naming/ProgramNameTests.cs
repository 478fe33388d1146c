using System.Collections.Immutable;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public class ProgramNameTests
{
    [Theory]
    [InlineData("/usr/sbin/nginx", "nginx -g daemon_off", "nginx")]
    [InlineData("/usr/bin/foo (deleted)", "", "foo")]
    [InlineData("/usr/bin/python3.11", "python3 /srv/app.py --port 8000", "app.py")]
    [InlineData("/usr/bin/python3.11", "/srv/app.py --port 8000", "app.py")]
    [InlineData("/usr/bin/python3.11", "python3 -u -X dev app.py", "app.py")]
    [InlineData("/usr/bin/python3.11", "python3 -m http.server 8001", "http.server")]
    [InlineData("/usr/bin/python3.11", "python3 -c print(1)", "python3")]
    [InlineData("/usr/bin/python3.11", "", "python3")]
    [InlineData("/usr/bin/node", "node --require ./tracing.js /srv/server.js", "server.js")]
    [InlineData("/usr/lib/jvm/bin/java", "java -Xmx1g -cp a.jar:b.jar -jar /opt/shop.jar --server", "shop")]
    [InlineData("/usr/lib/jvm/bin/java", "java -cp a.jar com.acme.shop.Main", "Main")]
    [InlineData("/usr/share/dotnet/dotnet", "dotnet /app/Shop.dll --urls x", "Shop")]
    [InlineData("/usr/share/dotnet/dotnet", "dotnet exec --runtimeconfig r.json Shop.dll", "Shop")]
    [InlineData("/usr/share/dotnet/dotnet", "dotnet build", "dotnet")]
    [InlineData("/usr/bin/ruby3.1", "ruby -I lib bin/puma", "puma")]
    [InlineData("/usr/bin/perl", "perl -w /usr/bin/ack", "ack")]
    [InlineData("/usr/bin/dash", "sh /opt/run.sh", "run.sh")]
    [InlineData("/usr/bin/bash", "-bash", "bash")]
    [InlineData("/usr/bin/bash", "bash -c sleep", "bash")]
    public void A_program_is_called_by_what_it_runs(string exe, string arguments, string name) =>
        Assert.Equal(name, ProgramName.Of(Facts(exe, arguments)));

    [Fact]
    public void A_process_that_was_gone_too_soon_is_called_by_the_kernels_name() =>
        Assert.Equal("curl", ProgramName.Of(Facts("", "", "curl")));

    [Theory]
    [InlineData("/usr/sbin/nginx", "nginx: worker process", true)]
    [InlineData("/usr/sbin/nginx", "/usr/sbin/nginx", false)]
    public void A_title_over_the_arguments_is_seen(string exe, string argument, bool expected) =>
        Assert.Equal(expected, ProgramName.HasWrittenTitle(Facts(exe, "") with { Arguments = [argument] }));

    internal static ProcessFacts Facts(string exe, string arguments, string? comm = null) => new(
        1, 100, DateTimeOffset.UnixEpoch, comm ?? ProgramName.Of(exe), exe,
        arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray(), "/", 1, true);
}
