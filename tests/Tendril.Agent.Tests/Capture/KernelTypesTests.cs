using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Tendril.Agent.Capture;

namespace Tendril.Agent.Tests.Capture;

/// <summary>bpf/tendril.h and Capture/KernelTypes.cs say the same, field by field. Needs neither root nor a kernel.</summary>
public sealed class KernelTypesTests
{
    private static readonly string[] Objects = ["connections", "connections-plain", "datagrams", "open", "sockets", "unix", "wire"];

    [Theory]
    [InlineData("connections")]
    [InlineData("connections-plain")]
    [InlineData("datagrams")]
    [InlineData("open")]
    [InlineData("sockets")]
    [InlineData("unix")]
    [InlineData("wire")]
    public void Every_struct_that_crosses_has_a_twin_with_the_same_fields(string name)
    {
        var btf = Read(name);
        var crossing = btf.Structs.Where(type => IsOurs(type.Name)).ToList();
        Assert.NotEmpty(crossing);
        foreach (var type in crossing)
        {
            Compare(btf, type);
        }
    }

    [Fact]
    public void Every_struct_of_the_header_is_in_some_object()
    {
        var inObjects = Objects.SelectMany(name => Read(name).Structs).Select(type => type.Name).ToHashSet();
        Assert.Empty(HeaderStructs().Except(inObjects));
    }

    [Theory]
    [InlineData("tendril_role", typeof(Role))]
    [InlineData("tendril_flow_kind", typeof(FlowKind))]
    [InlineData("tendril_loss", typeof(Loss))]
    [InlineData("tendril_failure", typeof(Failure))]
    [InlineData("tendril_name", typeof(Name))]
    [InlineData("tendril_process_source", typeof(ProcessSource))]
    [InlineData("tendril_namespace_source", typeof(NamespaceSource))]
    [InlineData("visit_mode", typeof(VisitMode))]
    public void Every_enum_has_the_same_constants(string name, Type twin)
    {
        var header = File.ReadAllText(Path.Combine(Repository.Root, "bpf", name == "visit_mode" ? "sockets.bpf.c" : "tendril.h"));
        var body = Regex.Match(header, $@"enum {name} \{{(.*?)\}};", RegexOptions.Singleline).Groups[1].Value;
        var constants = Regex.Matches(body, @"([A-Z_0-9]+) = (\d+)")
            .ToDictionary(match => Pascal(Regex.Replace(match.Groups[1].Value, "^(TENDRIL_(ROLE|FLOW|LOSS|FAILURE|NAMESPACE|NAME|PROCESS)|VISIT)_", "")), match => Convert.ToInt64(match.Groups[2].Value, null));
        var ours = Enum.GetValues(twin).Cast<object>().ToDictionary(value => value.ToString()!, value => Convert.ToInt64(value, null));
        Assert.NotEmpty(constants);
        Assert.Equal(constants.OrderBy(each => each.Key), ours.OrderBy(each => each.Key));
    }

    [Fact]
    public void The_abi_number_is_the_headers()
    {
        var header = File.ReadAllText(Path.Combine(Repository.Root, "bpf/tendril.h"));
        Assert.Equal(Regex.Match(header, @"#define TENDRIL_ABI\s+(\d+)").Groups[1].Value, TendrilConfig.ExpectedAbi.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Btf Read(string name)
    {
        using var opened = KernelPrograms.OpenObject(name);
        return new Btf(opened.Btf());
    }

    private static bool IsOurs(string name) => (HeaderStructs().Contains(name) || name is "visit" or "look" or "socket_owner" or "listener_holders");

    private static HashSet<string> HeaderStructs() =>
        Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "bpf/tendril.h")), @"^struct (\w+) \{", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value).ToHashSet();

    private static void Compare(Btf btf, BtfType type)
    {
        var twin = typeof(KernelCapture).Assembly.GetType($"Tendril.Agent.Capture.{Pascal(type.Name)}");
        Assert.True(twin is not null, $"struct {type.Name} has no twin in KernelTypes.cs");
        Assert.True(type.SizeOrType == Marshal.SizeOf(twin!), $"struct {type.Name}: {type.SizeOrType} bytes in C, {Marshal.SizeOf(twin!)} in C#");
        var fields = twin!.GetFields(BindingFlags.Instance | BindingFlags.Public).ToDictionary(field => field.Name);
        foreach (var member in type.Members)
        {
            Assert.True(fields.Remove(Pascal(member.Name), out var field), $"{type.Name}.{member.Name} has no twin");
            int offset = (int)Marshal.OffsetOf(twin, field!.Name);
            Assert.True(member.Offset == offset, $"{type.Name}.{member.Name}: offset {member.Offset} in C, {offset} in C#");
            var fieldType = field.FieldType.IsEnum ? Enum.GetUnderlyingType(field.FieldType) : field.FieldType;
            Assert.True(btf.SizeOf(member.Type) == Marshal.SizeOf(fieldType), $"{type.Name}.{member.Name}: another size");
        }

        Assert.True(fields.Count == 0, $"{twin.Name} has fields that struct {type.Name} has not: {string.Join(", ", fields.Keys)}");
    }

    // "netns_cookie" and "RING_FULL" both become the C# spelling.
    private static string Pascal(string name) =>
        string.Concat(name.ToLowerInvariant().Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
