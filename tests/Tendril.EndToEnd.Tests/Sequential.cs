using Xunit.Sdk;
using Xunit.v3;

// The tests share one kernel, one loopback interface and, here and there, few processors: one after another.
[assembly: Parallelization(Mode = ParallelMode.None)]
