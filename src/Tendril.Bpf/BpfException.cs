using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>A call to libbpf or the kernel that failed.</summary>
public sealed class BpfException : Exception
{
    /// <summary>Makes an exception for an operation that failed with an errno.</summary>
    /// <param name="operation">What was tried, for example "load object connections".</param>
    /// <param name="errno">The positive errno value; 0 when there is none.</param>
    /// <param name="log">What libbpf or the verifier said, or empty.</param>
    public BpfException(string operation, int errno, string log = "")
        : base($"{operation}: {(errno == 0 ? "failed" : Marshal.GetPInvokeErrorMessage(errno))}{(errno == 0 ? "" : $" (errno {errno})")}{(log.Length == 0 ? "" : "\n" + log)}")
    {
        Operation = operation;
        Errno = errno;
        Log = log;
    }

    /// <summary>What was tried.</summary>
    public string Operation { get; }

    /// <summary>The positive errno value; 0 when there is none.</summary>
    public int Errno { get; }

    /// <summary>The last lines of libbpf and of the kernel's verifier, or empty.</summary>
    public string Log { get; }

    /// <summary>Throws when <paramref name="result"/> is negative: libbpf's int results are -errno.</summary>
    internal static int ThrowIfNegative(int result, string operation, string log = "") =>
        result < 0 ? throw new BpfException(operation, -result, log) : result;
}
