using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Tendril.Agent.Privileges;

namespace Tendril.Agent.Tests.Privileges;

/// <summary>The numbers of system calls are the kernel's own, and the filter is one that the kernel takes.</summary>
public sealed partial class SystemCallTests
{
    private const string X64Header = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";

    // arm64 has its numbers from here.
    private const string Arm64Header = "/usr/include/asm-generic/unistd.h";

    // Younger than Debian 12's headers (Linux 6.1), the same on all architectures.
    private static readonly string[] Younger = ["fchmodat2", "setxattrat", "removexattrat", "file_setattr", "open_tree_attr"];

    private const uint Allowed = 0x7fff0000, Killed = 0x80000000, Refused = 0x00050001, NotImplemented = 0x00050000 + 38, NoSuchFamily = 0x00050000 + 97;

    private static readonly uint Own = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0xC00000B7 : 0xC000003E;

    private static readonly SystemCall[] All =
    [
        .. SystemCalls.Unneeded, .. SystemCalls.OfOwnFiles, SystemCalls.Bpf, SystemCalls.Clone, SystemCalls.Clone3, SystemCalls.Kill, SystemCalls.Open, SystemCalls.OpenAt,
        SystemCalls.OpenAt2, SystemCalls.SetNamespace, SystemCalls.Socket, SystemCalls.ThreadKill,
    ];

    [Theory]
    [InlineData(X64Header)]
    [InlineData(Arm64Header)]
    public void Numbers_are_those_of_the_kernels_headers(string header)
    {
        Assert.SkipUnless(File.Exists(header), $"{header} is not here");
        var known = Number().Matches(File.ReadAllText(header)).GroupBy(match => match.Groups[1].Value)
            .ToDictionary(name => name.Key, name => short.Parse(name.First().Groups[2].Value, CultureInfo.InvariantCulture));
        foreach (var call in All)
        {
            var ours = header == X64Header ? call.X64 : call.Arm64;
            Assert.True(
                known.TryGetValue(call.Name, out var number) ? ours == number : ours < 0 || Younger.Contains(call.Name),
                $"{call.Name} is {(known.ContainsKey(call.Name) ? number : "unknown")} in {header}, {ours} here");
        }
    }

    [Fact]
    public void No_system_call_stands_twice() => Assert.Equal(All.Length, All.Select(call => call.Name).Distinct().Count());

    [Fact]
    public void Every_jump_of_the_filter_stays_inside_and_it_ends_in_a_return()
    {
        var (program, calls) = SystemCallFilter.Build(1);

        Assert.InRange(program.Length, calls, 4096);
        Assert.Equal(0x06UL, program[^1] & 0xffff);
        for (var i = 0; i < program.Length; i++)
        {
            var (whenTrue, whenFalse) = ((int)(program[i] >> 16) & 0xff, (int)(program[i] >> 24) & 0xff);
            Assert.True(i + 1 + Math.Max(whenTrue, whenFalse) < program.Length || (program[i] & 0xffff) == 0x06, $"instruction {i}");
        }
    }

    [Theory]
    [InlineData("execve", "", Refused)]
    [InlineData("openat", "0 0 0x80000", Allowed)] // O_CLOEXEC
    [InlineData("openat", "0 0 0x1", Refused)] // O_WRONLY
    [InlineData("openat", "0 0 0x80042", Refused)] // O_RDWR, O_CREAT
    [InlineData("openat2", "", NotImplemented)]
    [InlineData("bpf", "1", Allowed)] // look up an element
    [InlineData("bpf", "33", Allowed)] // read an iterator
    [InlineData("bpf", "0", Refused)] // make a map
    [InlineData("bpf", "5", Refused)] // load a program
    [InlineData("bpf", "28", Refused)] // attach by a link
    [InlineData("socket", "2 1 0", Allowed)] // IPv4
    [InlineData("socket", "16 3 4", Allowed)] // netlink
    [InlineData("socket", "1 1 0", NoSuchFamily)] // Unix
    [InlineData("socket", "17 3 0", NoSuchFamily)] // packets
    [InlineData("setns", "3 0x40000000", Allowed)] // a network namespace
    [InlineData("setns", "3 0x20000", Refused)] // a mount namespace
    [InlineData("setns", "3 0", Refused)] // any
    [InlineData("clone", "0x3d0f00", Allowed)] // a thread, as glibc makes it
    [InlineData("clone", "0x1200011", Refused)] // fork()
    [InlineData("clone", "0x10010000", Refused)] // a user namespace
    [InlineData("clone3", "", NotImplemented)]
    [InlineData("kill", "4711 15", Allowed)] // itself
    [InlineData("kill", "1 15", Refused)]
    [InlineData("tgkill", "4711 4712 6", Allowed)]
    [InlineData("tgkill", "1 1 6", Refused)]
    public void The_filter_refuses_what_a_running_agent_has_no_use_for(string name, string arguments, uint verdict)
    {
        var values = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(value => value.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt32(value, 16) : uint.Parse(value, CultureInfo.InvariantCulture));

        Assert.Equal(verdict, Run(Own, (uint)Array.Find(All, call => call.Name == name).Number, [.. values]));
    }

    [Theory]
    [InlineData("openat", "0 0 0x80042", Allowed)] // O_RDWR, O_CREAT
    [InlineData("rename", "", Allowed)]
    [InlineData("chmod", "", Refused)]
    [InlineData("execve", "", Refused)]
    public void An_agent_that_renews_its_certificate_may_write_files(string name, string arguments, uint verdict)
    {
        var values = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => Convert.ToUInt32(value, 16));
        var number = (uint)Array.Find(All, call => call.Name == name).Number;

        Assert.Equal(verdict, Run(Own, number, [.. values], keepsFiles: true));
        Assert.Equal(Refused, Run(Own, number, [.. values]));
    }

    [Fact]
    public void The_filter_lets_no_other_architectures_calls_pass()
    {
        Assert.Equal(Killed, Run(0x40000003, 11)); // execve of 32-bit x86
        Assert.Equal(Refused, Run(Own, 0x40000000 + 520)); // execve of x32
        Assert.Equal(Allowed, Run(Own, 1000));
    }

    // What the kernel does with a filter, for the few instructions that ours has (linux/filter.h).
    private static uint Run(uint architecture, uint number, uint[]? arguments = null, bool keepsFiles = false)
    {
        var (program, _) = SystemCallFilter.Build(4711, keepsFiles);
        uint loaded = 0;
        for (var at = 0; ; at++)
        {
            var (code, value) = ((ushort)program[at], (uint)(program[at] >> 32));
            switch (code)
            {
                case 0x20:
                    loaded = value switch { 0 => number, 4 => architecture, _ => arguments?.ElementAtOrDefault((int)(value - 16) / 8) ?? 0 };
                    break;
                case 0x06:
                    return value;
                default:
                    var isTrue = code switch { 0x15 => loaded == value, 0x35 => loaded >= value, 0x45 => (loaded & value) != 0, _ => throw new InvalidOperationException($"instruction {at}") };
                    at += (int)(program[at] >> (isTrue ? 16 : 24)) & 0xff;
                    break;
            }
        }
    }

    [GeneratedRegex(@"^#define __NR(?:3264)?_(\w+)[ \t]+(\d+)", RegexOptions.Multiline)]
    private static partial Regex Number();
}
