using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>Reads a BPF ring buffer. One thread at a time.</summary>
public sealed unsafe class RingBuffer : IDisposable
{
    private readonly BpfObject _owner;
    private readonly RecordHandler _onRecord;
    private readonly RingBufferHandle _handle;
    private readonly GCHandle _self;

    internal RingBuffer(BpfObject owner, int mapFd, RecordHandler onRecord)
    {
        _owner = owner;
        _onRecord = onRecord;
        _self = GCHandle.Alloc(this);
        _handle = LibBpf.ring_buffer__new(mapFd, &OnRecord, (void*)GCHandle.ToIntPtr(_self), null);
        if (_handle.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            _handle.Dispose();
            _self.Free();
            throw new BpfException("open ring buffer", errno, LibBpfLog.Take());
        }
    }

    /// <summary>Takes one record; the span is valid only inside the call.</summary>
    /// <param name="record">The record as the program wrote it.</param>
    public delegate void RecordHandler(ReadOnlySpan<byte> record);

    /// <summary>Records whose handler threw: they are lost.</summary>
    public long Faults { get; private set; }

    /// <summary>Hands all records that are there to the handler; never waits.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="BpfException">The ring cannot be read.</exception>
    public int Consume()
    {
        _owner.ThrowIfDisposed();
        return BpfException.ThrowIfNegative(LibBpf.ring_buffer__consume(_handle), "read ring buffer");
    }

    /// <summary>Closes the reader.</summary>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            _handle.Dispose();
            _self.Free();
        }
    }

    // SAFETY: context is the GCHandle of a RingBuffer that lives at least as long as its native ring, data is valid for
    // size bytes during the call, and no exception gets out.
    [UnmanagedCallersOnly]
    private static int OnRecord(void* context, void* data, nuint size)
    {
        var ring = (RingBuffer)GCHandle.FromIntPtr((nint)context).Target!;
        try
        {
            ring._onRecord(new ReadOnlySpan<byte>(data, (int)size));
        }
        catch (Exception)
        {
            ring.Faults++;
        }

        return 0;
    }
}
