using Tendril.Truth.Tests.Accuracy;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Trait("Category", "EndToEnd")]

// Most of a scenario is waiting: for a report, then for nothing more to change. More at once would cost the time to visible.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 2)]
[assembly: AssemblyFixture(typeof(AccuracyReport))]
