using System.Globalization;
using System.Text.Json.Nodes;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Lifecycle;

/// <summary>What the kernel holds, as bpftool tells it.</summary>
internal static class Attachments
{
    /// <summary>Ids of the programs on a cgroup and below it.</summary>
    public static async Task<IReadOnlyList<int>> ProgramsAsync(TestCgroup cgroup)
    {
        var text = await BpftoolAsync("cgroup", "tree", cgroup.Directory);
        return [.. text.SelectMany(group => group!["programs"]!.AsArray()).Select(program => program!["id"]!.GetValue<int>())];
    }

    /// <summary>Ids of the programs that a process holds.</summary>
    public static async Task<IReadOnlyList<int>> ProgramsAsync(int pid) =>
        [.. (await BpftoolAsync("prog", "show")).Where(program => IsHeldBy(program!, pid)).Select(program => program!["id"]!.GetValue<int>())];

    /// <summary>Those of these ids that the kernel still has, of "prog", "map" or "link".</summary>
    public static async Task<IReadOnlyList<int>> LeftAsync(string kind, IReadOnlyList<int> ids) =>
        [.. (await BpftoolAsync(kind, "show")).Select(each => each!["id"]!.GetValue<int>()).Intersect(ids)];

    /// <summary>Ids of the maps that programs use.</summary>
    public static async Task<IReadOnlyList<int>> MapsAsync(IReadOnlyList<int> programs) =>
        [.. (await BpftoolAsync("prog", "show")).Where(program => programs.Contains(program!["id"]!.GetValue<int>()))
            .SelectMany(program => program!["map_ids"]?.AsArray() ?? []).Select(id => id!.GetValue<int>()).Distinct()];

    /// <summary>Ids of the maps that programs use, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> MapsByNameAsync(IReadOnlyList<int> programs)
    {
        var ids = await MapsAsync(programs);
        return (await BpftoolAsync("map", "show")).Where(map => ids.Contains(map!["id"]!.GetValue<int>()))
            .GroupBy(map => (string?)map!["name"] ?? "").ToDictionary(group => group.Key, group => group.First()!["id"]!.GetValue<int>());
    }

    /// <summary>How many entries a map has.</summary>
    public static async Task<int> EntriesAsync(int map) => (await BpftoolAsync("map", "dump", "id", map.ToString(CultureInfo.InvariantCulture))).Count;

    private static bool IsHeldBy(JsonNode program, int pid) =>
        program["pids"]?.AsArray().Any(holder => holder!["pid"]!.GetValue<int>() == pid) ?? false;

    private static async Task<JsonArray> BpftoolAsync(params string[] arguments)
    {
        Requirements.Program("bpftool", "bpftool");
        return JsonNode.Parse(await RunningProcess.RunAsync(["bpftool", "--json", .. arguments]))!.AsArray();
    }
}
