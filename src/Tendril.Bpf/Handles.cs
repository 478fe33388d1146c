using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>Owns a struct bpf_object.</summary>
internal sealed class BpfObjectHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibBpf.bpf_object__close(handle);
        return true;
    }
}

/// <summary>Owns a struct bpf_link: the program is detached when it is released, at the latest when the process ends.</summary>
internal sealed class BpfLinkHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibBpf.bpf_link__destroy(handle) == 0;
}

/// <summary>Owns a struct ring_buffer.</summary>
internal sealed class RingBufferHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibBpf.ring_buffer__free(handle);
        return true;
    }
}
