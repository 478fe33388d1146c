using System.Globalization;
using System.Net;

namespace Tendril.Operator;

/// <summary>Finds which process listens on a TCP port of this network namespace, by way of /proc.</summary>
internal static class PortHolder
{
    private const string ListenState = "0A";
    private const string Self = "";

    /// <summary>"nginx (pid 4711)"; "another process" when it belongs to another user; null when nobody listens there.</summary>
    public static string? Find(int port)
    {
        var inodes = Inodes("/proc/net/tcp", port).Concat(Inodes("/proc/net/tcp6", port)).Select(inode => $"socket:[{inode}]").ToHashSet();
        if (inodes.Count == 0)
        {
            return null;
        }

        var holder = Holder(inodes);
        return holder == Self ? null : holder ?? "another process (of another user: run `ss -ltnp` as root to see it)";
    }

    private static IEnumerable<string> Inodes(string table, int port)
    {
        if (!File.Exists(table))
        {
            yield break;
        }

        // "sl local_address rem_address st ... uid timeout inode": address and port are hexadecimal.
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[3] == ListenState && columns[1].EndsWith(suffix, StringComparison.Ordinal))
            {
                yield return columns[9];
            }
        }
    }

    private static string? Holder(HashSet<string> sockets)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            try
            {
                if (Directory.EnumerateFiles(process + "/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target)))
                {
                    return Path.GetFileName(process) == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
                        ? Self
                        : $"{File.ReadAllText(process + "/comm").Trim()} (pid {Path.GetFileName(process)})";
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or belongs to another user.
            }
        }

        return null;
    }

    /// <summary>Says why the operator could not listen and what to do.</summary>
    public static string Explain(OperatorOptions options, Exception error)
    {
        foreach (var (flag, endpoint) in new (string, IPEndPoint)[] { ("--http", options.Http), ("--grpc", options.Grpc) })
        {
            if (endpoint.Port != 0 && Find(endpoint.Port) is { } holder)
            {
                return $"{flag}: {endpoint} is in use by {holder}. Stop it, or choose another port: {flag} {endpoint.Address}:{endpoint.Port + 1}";
            }
        }

        return $"cannot listen on {options.Http} and {options.Grpc}: {(error.InnerException ?? error).Message}. "
            + "Ports below 1024 need root, and the address must be one of this machine's";
    }
}
