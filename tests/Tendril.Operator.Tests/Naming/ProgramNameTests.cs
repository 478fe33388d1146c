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
    [InlineData("/usr/bin/python3.11", "-m uvicorn shop.main:app", "shop")]
    [InlineData("/usr/bin/python3.11", "/usr/local/bin/uvicorn main:app", "main")]
    [InlineData("/usr/bin/python3.11", "/usr/local/bin/uvicorn", "uvicorn")]
    [InlineData("/usr/bin/python3.11", "/usr/bin/gunicorn shop.wsgi:application", "shop")]
    [InlineData("/usr/bin/python3.11", "gunicorn shop.orders.api:app", "shop.orders.api")]
    [InlineData("/usr/bin/python3.11", "/nix/store/x/bin/.gunicorn-wrapped shop", "shop")]
    [InlineData("/usr/bin/python3.11", "/usr/bin/celery shop.tasks", "shop (celery)")]
    [InlineData("/usr/bin/python3.11", "celery", "celery")]
    [InlineData("/usr/bin/python3.11", "flask shop", "shop")]
    [InlineData("/usr/bin/python3.11", "streamlit dashboards/sales.py", "sales.py")]
    [InlineData("/usr/bin/python3.11", "manage.py runserver", "manage.py")]
    [InlineData("/usr/bin/python2.7", "", "python2")]
    [InlineData("/usr/bin/pypy3.10", "", "pypy3")]
    [InlineData("/usr/bin/uwsgi-core", "uwsgi /etc/uwsgi/shop.ini", "shop")]
    [InlineData("/usr/bin/uwsgi", "uwsgi shop.wsgi:application", "shop")]
    [InlineData("/usr/lib/jvm/bin/java", "/opt/shop-1.4.2-SNAPSHOT.jar", "shop")]
    [InlineData("/usr/lib/jvm/bin/java", "order-service-2.0.1.RELEASE.jar", "order-service")]
    [InlineData("/usr/lib/jvm/bin/java", "/usr/share/jenkins.war", "jenkins")]
    [InlineData("/usr/lib/jvm/bin/java", "kafka.Kafka config/server.properties", "kafka")]
    [InlineData("/usr/lib/jvm/bin/java", "-m org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch", "elasticsearch")]
    [InlineData("/usr/lib/jvm/bin/java", "org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch", "elasticsearch")]
    [InlineData("/usr/lib/jvm/bin/java", "org.springframework.boot.loader.launch.JarLauncher", "spring-boot")]
    [InlineData("/usr/lib/jvm/bin/java", "Shop.java", "Shop")]
    [InlineData("/usr/lib/jvm/bin/java", "", "java")]
    [InlineData("/usr/share/dotnet/dotnet", "ef database", "dotnet")]
    [InlineData("/usr/bin/mono-sgen", "", "mono-sgen")]
    [InlineData("/usr/bin/mono", "/opt/Shop.exe", "Shop")]
    [InlineData("/opt/shop/Shop.Api", "serve", "Shop.Api")]
    [InlineData("/usr/bin/node20", "", "node")]
    [InlineData("/usr/bin/node20", "server.js", "server.js")]
    [InlineData("/usr/bin/node", "/usr/lib/node_modules/npm/bin/npm-cli.js start", "npm")]
    [InlineData("/usr/bin/node", "/usr/share/yarn/bin/yarn.js start", "yarn")]
    [InlineData("/usr/bin/node", "/usr/lib/node_modules/pnpm/bin/pnpm.cjs start", "pnpm")]
    [InlineData("/usr/bin/node", "next-server", "next-server")]
    [InlineData("/usr/bin/node", "PM2", "pm2")]
    [InlineData("/usr/bin/node", "/app/node_modules/.bin/tsx src/server.ts", "server.ts")]
    [InlineData("/usr/bin/node", "/app/node_modules/.bin/ts-node src/server.ts", "server.ts")]
    [InlineData("/usr/bin/deno", "run server.ts", "server.ts")]
    [InlineData("/usr/bin/bun", "run index.ts", "index.ts")]
    [InlineData("/usr/bin/ruby3.1", "puma shop", "shop")]
    [InlineData("/usr/bin/ruby3.1", "/usr/bin/bundle puma", "puma")]
    [InlineData("/usr/bin/ruby3.1", "bin/rails server", "rails")]
    [InlineData("/usr/bin/ruby3.1", "unicorn", "unicorn")]
    [InlineData("/usr/bin/ruby3.1", "", "ruby")]
    [InlineData("/usr/sbin/php-fpm8.2", "", "php-fpm")]
    [InlineData("/usr/sbin/php-fpm82", "", "php-fpm")]
    [InlineData("/usr/bin/php8.2", "artisan", "artisan")]
    [InlineData("/usr/lib/erlang/erts-13.1/bin/beam.smp", "rabbit", "rabbitmq")]
    [InlineData("/usr/lib/erlang/erts-13.1/bin/beam.smp", "ejabberd", "ejabberd")]
    [InlineData("/usr/lib/erlang/erts-13.1/bin/beam.smp", "", "beam.smp")]
    [InlineData("/usr/lib/postgresql/15/bin/postgres", "", "postgres")]
    [InlineData("/bin/busybox", "httpd", "httpd")]
    [InlineData("/bin/busybox", "", "busybox")]
    [InlineData("/usr/bin/redis-check-rdb", "redis-server", "redis-server")]
    [InlineData("/tmp/go-build1234/b001/exe/shop", "serve", "shop")]
    [InlineData("/nix/store/0abc-shop-1.0/bin/.shop-wrapped", "", "shop")]
    [InlineData("/gnu/store/0abc-shop-1.0/bin/.shop-real", "", "shop")]
    [InlineData("/nix/store/0abc/bin/..shop-wrapped-wrapped", "", "shop")]
    [InlineData("/opt/node_exporter-1.7.0/node_exporter-1.7.0", "", "node_exporter")]
    [InlineData("/usr/bin/lua5.4", "", "lua")]
    [InlineData("/usr/bin/x264", "", "x264")]
    public void A_program_is_called_by_what_it_runs(string exe, string arguments, string name) =>
        Assert.Equal(name, ProgramName.Of(Facts(exe, arguments)));

    [Theory]
    [InlineData("app.py", "/srv/app.py", "app.py")]
    [InlineData("uvicorn", "/usr/local/bin/uvicorn shop.main:app", "shop")]
    [InlineData("renamed", "/srv/app.py", "app.py")]
    public void A_script_that_is_run_by_its_first_line_is_called_by_its_own_name(string comm, string arguments, string name) =>
        Assert.Equal(name, ProgramName.Of(Facts("/usr/bin/python3.11", arguments, comm)));

    [Theory]
    [InlineData(".NET TP Worker", "dotnet")]
    [InlineData("pool-1-thread-1", "java")]
    [InlineData("http-nio-8080-e", "java")]
    [InlineData("GC Thread#0", "java")]
    [InlineData("libuv-worker", "node")]
    [InlineData("V8Worker", "node")]
    [InlineData("tokio-runtime-w", "unknown program")]
    [InlineData("", "unknown program")]
    [InlineData("curl", "curl")]
    [InlineData("worker", "worker")]
    [InlineData("backup.sh", "backup.sh")]
    public void A_threads_name_is_never_shown_for_a_program(string comm, string name) =>
        Assert.Equal(name, ProgramName.Of(Facts("", "", comm)));

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
