namespace Tendril.Bpf;

/// <summary>A program attached to a hook. Disposing it detaches the program; so does the end of the process, however it ends.</summary>
public sealed class BpfLink : IDisposable
{
    internal BpfLink(BpfLinkHandle handle) => Handle = handle;

    internal BpfLinkHandle Handle { get; }

    /// <summary>Detaches.</summary>
    public void Dispose() => Handle.Dispose();
}
