using System.Xml.Linq;

namespace Tendril.Conventions.Tests;

/// <summary>Who may see whom: docs/architecture.md says it, this holds it.</summary>
public class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tendril.Agent"] = ["Tendril.Bpf", "Tendril.Protocol"],
        ["Tendril.Bpf"] = [],
        ["Tendril.Cli"] = ["Tendril.Protocol"],
        ["Tendril.Graph"] = [],
        ["Tendril.Operator"] = ["Tendril.Graph", "Tendril.Protocol"],
        ["Tendril.Protocol"] = [],
    };

    [Fact]
    public void Projects_reference_exactly_what_the_architecture_says()
    {
        var actual = Repository.In("src", ".csproj").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file), file => Included(Repository.Read(file), "ProjectReference").Select(Path.GetFileNameWithoutExtension).Order().ToArray());
        Assert.Equal(Allowed.Keys.Order(), actual.Keys.Order());
        Assert.All(Allowed, project => Assert.Equal(project.Value, actual[project.Key]));
    }

    [Fact]
    public void The_graph_references_no_package() =>
        Assert.Empty(Included(Repository.Read("src/Tendril.Graph/Tendril.Graph.csproj"), "PackageReference", "FrameworkReference"));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = XDocument.Parse(Repository.Read("Tendril.slnx")).Descendants("Project").Select(project => (string)project.Attribute("Path")!);
        Assert.Equal(Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)), solution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void References_are_found_wherever_a_project_has_them() =>
        Assert.Equal(
            ["../A/A.csproj", "../B/B.csproj"],
            Included("""<Project xmlns="urn:x"><ItemGroup><ProjectReference Include="../A/A.csproj;../B/B.csproj" /></ItemGroup></Project>""", "ProjectReference"));

    private static IEnumerable<string> Included(string project, params string[] kinds) =>
        XDocument.Parse(project).Descendants().Where(element => kinds.Contains(element.Name.LocalName))
            .SelectMany(element => ((string?)element.Attribute("Include") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries));
}
