namespace Tendril.Bpf;

/// <summary>What a program cost so far, as the kernel counted it.</summary>
/// <param name="Program">Its name in the object.</param>
/// <param name="Runs">How often it ran.</param>
/// <param name="Nanoseconds">Time in it, all runs together.</param>
public readonly record struct BpfProgramRuns(string Program, ulong Runs, ulong Nanoseconds);
