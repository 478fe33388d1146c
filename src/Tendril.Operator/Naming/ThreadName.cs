using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>
/// Names that runtimes give their threads. Of a process that was gone before anybody could look, the kernel's word may be one of those: it tells
/// the runtime at best, and never the program.
/// </summary>
internal static partial class ThreadName
{
    private const string Unknown = "unknown program";

    /// <summary>"java" for "http-nio-8080-e", "unknown program" for "tokio-runtime-w"; null for what may well be a program's name.</summary>
    public static string? ProgramOf(string comm) =>
        comm.Length == 0 ? Unknown
        : comm.StartsWith(".NET ", StringComparison.Ordinal) ? "dotnet"
        : Java().IsMatch(comm) ? "java"
        : Node().IsMatch(comm) ? "node"
        : Python().IsMatch(comm) ? "python3"
        : Other().IsMatch(comm) ? Unknown
        : null;

    [GeneratedRegex("^(?:pool-[0-9]+-thread|https?-(?:nio|jsse|apr)|GC Thread#|G1 (?:Main|Conc|Refine|Service|Young)|C[12] Compiler|VM (?:Thread|Periodic)|Catalina-|XNIO-|ForkJoinPool|qtp[0-9]+|nioEventLoop|epollEventLoop|elasticsearch\\[|kafka-(?:network|request|admin|producer|coord)|data-plane-kafk|reactor-(?:http|tcp)|vert\\.x-|scheduling-[0-9]|HikariPool|OkHttp |Common-Cleaner|Reference Handl|Signal Dispatch)")]
    private static partial Regex Java();

    [GeneratedRegex("^(?:libuv-worker|V8Worker|node-V8|DelayedTaskSche|SignalInspecto|MainThread$)")]
    private static partial Regex Node();

    [GeneratedRegex("^(?:ThreadPoolExecu|asyncio_[0-9])")]
    private static partial Regex Python();

    [GeneratedRegex("^(?:tokio-r|actix-rt|async-std|rayon|Thread-[0-9]|Thread \\(poole|grpc_global|grpc-|event_engine|iou-wrk-|QThread|Chrome_|ThreadPoolForeg|ThreadPoolSingl|Socket Thread|DNS Res|[Tt]hread[-_ ][0-9]+$|[Ww]orker[-_ ][0-9]+$)")]
    private static partial Regex Other();
}
