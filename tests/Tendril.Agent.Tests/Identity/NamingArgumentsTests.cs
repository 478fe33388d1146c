using System.Text;
using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class NamingArgumentsTests
{
    [Theory]
    [InlineData("/usr/bin/python3.11", "python3 -u /srv/app.py worker fast third", "/srv/app.py worker fast")]
    [InlineData("/usr/bin/python3", "python3 -m http.server 8000", "http.server 8000")]
    [InlineData("/usr/bin/python3", "python3 -W ignore manage.py runserver --password hunter2", "manage.py runserver")]
    [InlineData("/usr/bin/python3", "python3 -c secret", "")]
    [InlineData("/usr/bin/node", "node -r dotenv/config server.js TOKEN=x", "server.js")]
    [InlineData("/usr/bin/node", "node --eval code", "")]
    [InlineData("/opt/java/bin/java", "java -Xmx1g -cp a.jar:b.jar com.shop.Main orders", "com.shop.Main orders")]
    [InlineData("/opt/java/bin/java", "java -Ddb.password=x -jar shop.jar --server.port=1", "shop.jar")]
    [InlineData("/usr/share/dotnet/dotnet", "dotnet Shop.dll order", "Shop.dll order")]
    [InlineData("/usr/share/dotnet/dotnet", "dotnet exec --depsfile x.json Shop.dll order", "Shop.dll order")]
    [InlineData("/bin/bash", "bash -ec secret", "")]
    [InlineData("/bin/sh", "sh /opt/run.sh start", "/opt/run.sh start")]
    [InlineData("/usr/bin/ruby", "ruby bin/rails server", "bin/rails server")]
    [InlineData("/usr/bin/curl", "curl http://user:pw@host/", "")]
    [InlineData("/usr/bin/psql", "psql user=me", "")]
    [InlineData("/usr/bin/mysql", "mysql -psecret shop", "")]
    [InlineData("/usr/bin/git", "git fetch origin", "fetch")]
    [InlineData("/usr/bin/ssh", "ssh me@host", "")]
    [InlineData("/usr/sbin/nodeagent", "nodeagent server.js", "server.js")]
    [InlineData("", "python3 app.py", "app.py")]
    [InlineData("/usr/bin/app", "app", "")]
    [InlineData("/usr/bin/app", "", "")]
    public void Only_what_naming_needs_is_kept(string exe, string commandLine, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(commandLine.Replace(' ', '\0') + "\0");
        Assert.Equal(expected, string.Join(' ', NamingArguments.Keep(exe, bytes, cut: false)));
    }

    [Fact]
    public void A_word_that_was_cut_off_is_not_taken_for_a_whole_one()
        => Assert.Empty(NamingArguments.Keep("/usr/bin/java", "java\0-cp\0x\0com.shop.Ma"u8, cut: true));

    [Fact]
    public void Long_arguments_are_bounded()
    {
        var kept = NamingArguments.Keep("/usr/bin/python3", Encoding.UTF8.GetBytes("python3\0" + new string('a', 3000) + "\0"), cut: false);
        Assert.Equal(256, Assert.Single(kept).Length);
    }
}
