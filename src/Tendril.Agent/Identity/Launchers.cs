namespace Tendril.Agent.Identity;

/// <summary>
/// A program that is nothing by itself but starts the one that people know: `uvicorn shop.main:app`, `celery -A shop worker`,
/// `bundle exec puma`.
/// </summary>
/// <param name="Options">Their value is the application.</param>
/// <param name="Words">Subcommands that stand before the application.</param>
/// <param name="Positional">The first argument that is no option's value is the application.</param>
internal sealed record Launcher(string[] Options, string[] Words, bool Positional)
{
    // Options without a value. Any other one is taken to have one, so that a value is never kept for an application.
    private static readonly string[] Flags =
    [
        "--reload", "--preload", "--factory", "--proxy-headers", "--access-log", "--no-access-log", "--daemon", "-D", "--debug",
        "--use-colors", "--no-use-colors", "--respawn", "--transpile-only", "--esm", "--inspect", "--wait-for-client", "--branch", "--master",
    ];

    /// <summary>The launcher and its application where the arguments tell it.</summary>
    /// <param name="all">The whole command line.</param>
    /// <param name="at">Where the launcher stands in it.</param>
    /// <param name="name">Its name, where that is not what stands there.</param>
    public string[] Keep(List<string> all, int at, string? name = null)
    {
        var launcher = name ?? all[Math.Max(at, 0)];
        for (var i = at + 1; i < all.Count; i++)
        {
            var argument = all[i];
            var equals = argument.IndexOf('=');
            if (Options.Contains(argument))
            {
                return With(launcher, i + 1 < all.Count ? all[i + 1] : "");
            }

            if (equals > 0 && Options.Contains(argument[..equals]))
            {
                return With(launcher, argument[(equals + 1)..]);
            }

            if (argument.StartsWith('-'))
            {
                // "-w4" and "--workers=4" have theirs with them.
                var isWhole = equals > 0 || Flags.Contains(argument) || (argument.Length > 2 && argument[1] != '-');
                i += isWhole ? 0 : 1;
            }
            else if (Positional && !Words.Contains(argument))
            {
                return With(launcher, argument);
            }
        }

        return [launcher];
    }

    private static string[] With(string launcher, string application) =>
        NamingArguments.IsSafe(application) && application[0] != '-' ? [launcher, application] : [launcher];
}

/// <summary>The launchers there are, by name.</summary>
internal static class Launchers
{
    private static readonly Launcher Server = new([], [], Positional: true);
    private static readonly Launcher Runner = new([], ["run", "dev", "exec", "watch", "start"], Positional: true);

    private static readonly Launcher Uwsgi = new(["--module", "-w", "--wsgi", "--wsgi-file", "--file", "--ini"], [], Positional: true);

    private static readonly Dictionary<string, Launcher> ByName = new()
    {
        ["uvicorn"] = Server,
        ["gunicorn"] = Server,
        ["hypercorn"] = Server,
        ["daphne"] = Server,
        ["granian"] = Server,
        ["waitress-serve"] = Server,
        ["uwsgi"] = Uwsgi,
        ["uwsgi-core"] = Uwsgi,
        ["celery"] = new(["-A", "--app"], [], Positional: false),
        ["flask"] = new(["--app", "-A"], [], Positional: false),
        ["fastapi"] = Runner,
        ["streamlit"] = Runner,
        ["coverage"] = Runner,
        ["debugpy"] = Runner,
        ["bundle"] = Runner,
        ["tsx"] = Runner,
        ["ts-node"] = Runner,
        ["ts-node-dev"] = Runner,
        ["nodemon"] = Runner,
        ["babel-node"] = Runner,
        ["pm2-runtime"] = Runner,
    };

    /// <param name="file">A file's name; Nix and Guix call the program behind a wrapper ".uvicorn-wrapped", ".uvicorn-real".</param>
    public static Launcher? Find(string file)
    {
        var name = file.TrimStart('.');
        name = name.Length < file.Length && (name.EndsWith("-wrapped", StringComparison.Ordinal) || name.EndsWith("-real", StringComparison.Ordinal))
            ? name[..name.LastIndexOf('-')] : name;
        return ByName.GetValueOrDefault(name);
    }
}
