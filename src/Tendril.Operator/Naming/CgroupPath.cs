using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>What a cgroup v2 path says of who runs in it.</summary>
/// <param name="ContainerId">64 hexadecimal digits, or null outside a container.</param>
/// <param name="Unit">A systemd service's name without ".service", or null; login sessions and user managers are no services.</param>
internal readonly partial record struct CgroupPath(string? ContainerId, string? Unit)
{
    /// <summary>The innermost container and the innermost unit of the path.</summary>
    public static CgroupPath Parse(string path)
    {
        string? container = null, unit = null;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Container().Match(part) is { Success: true } match)
            {
                container = match.Groups["id"].Value;
            }
            else if (part.EndsWith(".service", StringComparison.Ordinal) && !part.StartsWith("user@", StringComparison.Ordinal))
            {
                unit = Unescape(part[..^".service".Length]);
            }
        }

        return new(container, unit);
    }

    /// <summary>systemd writes "-" in unit names as "\x2d".</summary>
    private static string Unescape(string unit) =>
        Escape().Replace(unit, match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString());

    // docker-<id>.scope, cri-containerd-<id>.scope, crio-<id>.scope, libpod-<id>.scope (systemd driver); <id> alone (cgroupfs driver).
    // "-conmon" scopes hold the runtime's own monitor, which is not in the container.
    [GeneratedRegex(@"^(?:(?!.*conmon-)[a-z][a-z-]*-)?(?<id>[0-9a-f]{64})(?:\.scope)?$")]
    private static partial Regex Container();

    [GeneratedRegex(@"\\x([0-9a-f]{2})")]
    private static partial Regex Escape();
}
