using System.Text;
using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class NamingArgumentsTests
{
    [Theory]
    [InlineData("/usr/bin/python3.11", "python3 -u /srv/app.py worker fast", "/srv/app.py")]
    [InlineData("/usr/bin/python3", "python3 login.py hunter2", "login.py")]
    [InlineData("/usr/bin/git", "git fetch origin", "")]
    [InlineData("/usr/bin/python3.11", "python3 -m uvicorn shop.main:app", "uvicorn shop.main:app")]
    [InlineData("/opt/java/bin/java", "java -jar shop.jar orders", "shop.jar")]
    public void Unless_words_are_asked_for_only_what_names_the_program_is_kept(string exe, string commandLine, string kept) =>
        Assert.Equal(kept, string.Join(' ', NamingArguments.Keep(exe, Encoding.UTF8.GetBytes(commandLine.Replace(' ', '\0') + "\0"), cut: false, words: false)));

    [Fact]
    public void What_fits_a_pattern_is_left_out()
    {
        var discretion = new Discretion(Words: true, ["*token*", "/srv/customers/?/*"]);

        Assert.Equal(["/srv/app.py"], discretion.Of(["/srv/app.py", "my-token-1", "/srv/customers/a/app.py"]));
        Assert.Equal("", discretion.Of("token"));
        Assert.Equal("checkout", discretion.Of("checkout"));
        Assert.Empty(new Discretion(Words: false, ["*"]).Of(["/srv/app.py"]));
    }

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
    [InlineData("/usr/bin/python3.11", "python3 /usr/local/bin/uvicorn shop.main:app --host 0.0.0.0", "/usr/local/bin/uvicorn shop.main:app")]
    [InlineData("/usr/bin/python3.11", "python3 -m uvicorn --host 0.0.0.0 --reload --port=80 shop.main:app", "uvicorn shop.main:app")]
    [InlineData("/usr/bin/python3.11", "python3 -m uvicorn --user admin:secret", "uvicorn")]
    [InlineData("/usr/bin/python3.11", "python3 /usr/bin/gunicorn -w4 -b :8000 shop.wsgi", "/usr/bin/gunicorn shop.wsgi")]
    [InlineData("/usr/bin/python3.11", "python3 /nix/store/x/bin/.gunicorn-wrapped shop.wsgi", "/nix/store/x/bin/.gunicorn-wrapped shop.wsgi")]
    [InlineData("/usr/bin/python3.11", "python3 /usr/bin/celery -A shop.tasks worker", "/usr/bin/celery shop.tasks")]
    [InlineData("/usr/bin/python3.11", "python3 /usr/bin/celery --broker redis://u:p@h --app=shop worker", "/usr/bin/celery shop")]
    [InlineData("/usr/bin/python3.11", "python3 -m flask --app shop run", "flask shop")]
    [InlineData("/usr/bin/python3.11", "python3 /usr/bin/flask run", "/usr/bin/flask")]
    [InlineData("/usr/bin/python3.11", "python3 /usr/bin/coverage run app.py", "/usr/bin/coverage app.py")]
    [InlineData("/usr/bin/uwsgi-core", "uwsgi --http :8000", "uwsgi")]
    [InlineData("/usr/bin/uwsgi", "uwsgi --http :8000 --wsgi-file app.py", "uwsgi app.py")]
    [InlineData("/usr/bin/uwsgi", "uwsgi --ini /etc/shop.ini", "uwsgi /etc/shop.ini")]
    [InlineData("/usr/bin/node", "node /app/node_modules/.bin/tsx watch src/server.ts", "/app/node_modules/.bin/tsx src/server.ts")]
    [InlineData("/usr/bin/node", "node --import file:///x/loader.mjs src/server.ts", "src/server.ts")]
    [InlineData("/usr/bin/node", "node /usr/lib/node_modules/npm/bin/npm-cli.js start", "/usr/lib/node_modules/npm/bin/npm-cli.js start")]
    [InlineData("/usr/bin/deno", "deno run --allow-net server.ts", "server.ts")]
    [InlineData("/usr/bin/bun", "bun run index.ts", "index.ts")]
    [InlineData("/usr/bin/java", "java @/opt/jvm.options -jar shop.jar", "shop.jar")]
    [InlineData("/usr/bin/java", "java @args", "")]
    [InlineData("/usr/bin/ruby3.1", "ruby /usr/bin/bundle exec puma -C x", "/usr/bin/bundle puma")]
    [InlineData("/usr/lib/erlang/bin/beam.smp", "beam.smp -W w -- -root /x -s rabbit boot -sname rabbit@host", "rabbit")]
    [InlineData("/usr/lib/erlang/bin/beam.smp", "beam.smp -setcookie secret", "")]
    [InlineData("/bin/busybox", "httpd -f -p 80", "httpd")]
    [InlineData("/bin/busybox", "busybox httpd -f", "httpd")]
    [InlineData("/bin/busybox", "-sh", "sh")]
    [InlineData("/usr/bin/app", "app", "")]
    [InlineData("/usr/bin/app", "", "")]
    public void Only_what_naming_needs_is_kept(string exe, string commandLine, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(commandLine.Replace(' ', '\0') + "\0");
        Assert.Equal(expected, string.Join(' ', NamingArguments.Keep(exe, bytes, cut: false)));
    }

    [Theory]
    [InlineData("/usr/bin/python3.11", "gunicorn: worker [shop]", "gunicorn shop")]
    [InlineData("/usr/bin/python3.11", "gunicorn: master [shop.wsgi:application]", "gunicorn shop.wsgi:application")]
    [InlineData("/usr/bin/python3.11", "[celeryd: worker1@host:MainProcess] -active- (worker -A shop.tasks)", "celery shop.tasks")]
    [InlineData("/usr/bin/python3.11", "[celeryd: worker1@host:MainProcess]", "celery")]
    [InlineData("/usr/bin/ruby3.1", "puma 6.4.0 (tcp://0.0.0.0:3000) [shop]", "puma shop")]
    [InlineData("/usr/bin/ruby3.1", "unicorn master -c config/unicorn.rb", "unicorn")]
    [InlineData("/usr/bin/node", "next-server (v14.1.0)", "next-server")]
    [InlineData("/usr/bin/node", "npm run dev", "npm")]
    [InlineData("/usr/bin/node", "shop-api", "shop-api")]
    [InlineData("/usr/bin/node", "node /srv/app.js", "/srv/app.js")]
    [InlineData("/usr/bin/node", "node", "")]
    [InlineData("/usr/bin/bash", "-bash", "")]
    [InlineData("/usr/bin/node", "user:pw@host connected", "")]
    [InlineData("/usr/lib/postgresql/15/bin/postgres", "postgres: shop orders 10.0.0.1(4711) idle", "")]
    [InlineData("/usr/sbin/nginx", "nginx: worker process", "")]
    [InlineData("/usr/bin/redis-check-rdb", "/usr/bin/redis-server 127.0.0.1:6379", "redis-server")]
    public void Of_a_title_only_the_program_is_kept(string exe, string title, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(title + "\0\0\0");
        Assert.Equal(expected, string.Join(' ', NamingArguments.Keep(exe, bytes, cut: false)));
    }

    [Fact]
    public void A_class_is_found_behind_a_hundred_options()
    {
        var bytes = Encoding.UTF8.GetBytes("java\0" + string.Concat(Enumerable.Range(0, 100).Select(i => $"-Dp{i}=x\0")) + "-cp\0" + new string('x', 20_000) + "\0kafka.Kafka\0");
        Assert.Equal(["kafka.Kafka"], NamingArguments.Keep("/usr/bin/java", bytes, cut: false));
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
