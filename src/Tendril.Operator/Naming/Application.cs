using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>What people call the application in a file, a class or a module that a runtime runs.</summary>
internal static partial class Application
{
    /// <summary>Programs that are nothing by themselves: the next argument is what they run. In step with the agent, which keeps it.</summary>
    private static readonly FrozenSet<string> Launchers = new[]
    {
        "uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve", "uwsgi", "uwsgi-core", "celery", "flask", "fastapi", "streamlit",
        "coverage", "debugpy", "bundle", "tsx", "ts-node", "ts-node-dev", "nodemon", "babel-node", "pm2-runtime", "puma",
    }.ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Scripts = new Dictionary<string, string>
    {
        ["npm-cli.js"] = "npm",
        ["npx-cli.js"] = "npx",
        ["yarn.js"] = "yarn",
        ["pnpm.cjs"] = "pnpm",
        ["PM2"] = "pm2",
    }.ToFrozenDictionary();

    /// <summary>Classes that are called "main" of something well known.</summary>
    private static readonly FrozenDictionary<string, string> Classes = new Dictionary<string, string>
    {
        ["kafka.Kafka"] = "kafka",
        ["org.apache.zookeeper.server.quorum.QuorumPeerMain"] = "zookeeper",
        ["org.apache.zookeeper.server.ZooKeeperServerMain"] = "zookeeper",
        ["org.elasticsearch.bootstrap.Elasticsearch"] = "elasticsearch",
        ["org.elasticsearch.launcher.CliToolLauncher"] = "elasticsearch",
        ["org.opensearch.bootstrap.OpenSearch"] = "opensearch",
        ["org.logstash.Logstash"] = "logstash",
        ["org.apache.cassandra.service.CassandraDaemon"] = "cassandra",
        ["org.apache.catalina.startup.Bootstrap"] = "tomcat",
        ["org.apache.activemq.artemis.boot.Artemis"] = "artemis",
        ["org.jboss.modules.Main"] = "wildfly",
        ["org.apache.nifi.NiFi"] = "nifi",
        ["org.springframework.boot.loader.JarLauncher"] = "spring-boot",
        ["org.springframework.boot.loader.WarLauncher"] = "spring-boot",
        ["org.springframework.boot.loader.PropertiesLauncher"] = "spring-boot",
        ["org.springframework.boot.loader.launch.JarLauncher"] = "spring-boot",
        ["org.springframework.boot.loader.launch.WarLauncher"] = "spring-boot",
        ["org.springframework.boot.loader.launch.PropertiesLauncher"] = "spring-boot",
    }.ToFrozenDictionary();

    /// <summary>Last parts of a module's name that say only what it is for.</summary>
    private static readonly FrozenSet<string> Generic = new[]
    {
        "main", "app", "wsgi", "asgi", "server", "application", "celery", "celery_app", "celeryapp", "tasks", "worker", "__main__",
    }.ToFrozenSet();

    public static bool IsLauncher(string program) => Launchers.Contains(program);

    /// <summary>"shop" for `uvicorn shop.main:app`, "shop (celery)" for `celery -A shop.tasks`, "server.ts" for `tsx src/server.ts`.</summary>
    public static string Of(string launcher, string application)
    {
        var file = ProgramName.Of(application);
        if (file != application || HasExtension().IsMatch(file))
        {
            return file.EndsWith(".ini", StringComparison.Ordinal) ? file[..^4] : OfScript(file);
        }

        var module = application.Split(':')[0];
        while (module.LastIndexOf('.') is var dot and > 0 && Generic.Contains(module[(dot + 1)..]))
        {
            module = module[..dot];
        }

        // The same module serves and works: two services.
        return module.Length == 0 ? launcher : launcher == "celery" ? $"{module} (celery)" : module;
    }

    public static string OfScript(string script) => Scripts.GetValueOrDefault(script, script);

    /// <summary>"Shop" for Shop.dll; null for what is not an assembly: a command of the SDK.</summary>
    public static string? OfAssembly(string file) =>
        file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? file[..^4] : null;

    /// <summary>"shop" for shop-1.2.3-SNAPSHOT.jar, "kafka" for kafka.Kafka, "Main" for com.acme.Main.</summary>
    public static string OfJava(string program)
    {
        if (Archive().Match(program) is { Success: true } archive)
        {
            return archive.Groups["name"].Value;
        }

        return Classes.TryGetValue(program, out var known) ? known
            : program.EndsWith(".java", StringComparison.Ordinal) ? program[..^5]
            : program[(program.LastIndexOf('.') + 1)..];
    }

    /// <summary>An Erlang node by its name: RabbitMQ calls its own "rabbit".</summary>
    public static string OfErlang(string node) => node is "rabbit" ? "rabbitmq" : node;

    // Each part of a version in one way only: with a choice at every dot, a name of 60 characters would take years.
    [GeneratedRegex(@"^(?<name>.+?)(?:-v?[0-9]+(?:[-.](?:SNAPSHOT|RELEASE|Final|GA|all|exec|boot|M[0-9]+|RC[0-9]+|[0-9]+))*)?\.[jw]ar$", RegexOptions.IgnoreCase)]
    private static partial Regex Archive();

    [GeneratedRegex(@"\.(?:py|ini|wsgi|[cm]?[jt]s|rb|tsx|jsx)$")]
    private static partial Regex HasExtension();
}
