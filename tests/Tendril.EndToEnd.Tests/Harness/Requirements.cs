namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>What a machine must have for a test. Where it lacks that the test is skipped, but never in CI: there it fails.</summary>
internal static class Requirements
{
    private static readonly bool MustRun = Environment.GetEnvironmentVariable("CI") == "true";

    public static void Root() => That(Environment.UserName == "root" || Environment.IsPrivilegedProcess, "attaching to the kernel needs root");

    public static void CgroupVersion2() => That(TestCgroup.Mount is not null, "no cgroup v2 is mounted here");

    public static void ShippedAgent() => That(File.Exists(Repository.ShippedAgent), "the native agent is not built: scripts/build.sh agent makes it");

    public static void Program(string name, string package) =>
        That(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(directory => File.Exists(Path.Combine(directory, name))),
            $"{name} is missing: scripts/install-prerequisites.sh --test installs {package}");

    private static void That(bool holds, string otherwise)
    {
        if (!holds && MustRun)
        {
            Assert.Fail(otherwise);
        }

        Assert.SkipUnless(holds, otherwise);
    }
}
