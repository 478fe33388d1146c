using System.Runtime.InteropServices;
using System.Text;

namespace Tendril.Bpf;

/// <summary>Keeps the last lines libbpf printed, so that an exception can say why; nothing reaches standard error.</summary>
public static unsafe partial class LibBpfLog
{
    private const int MaxLines = 40;
    private const int MaxLineBytes = 2048;
    private static readonly Queue<string> Lines = new();
    private static readonly Lock Gate = new();

    /// <summary>Takes over libbpf's output for this process. Call once, before the first object is opened.</summary>
    public static void Capture() => LibBpf.libbpf_set_print(&Print);

    /// <summary>The lines since the last call, oldest first.</summary>
    public static string Take()
    {
        lock (Gate)
        {
            var text = string.Join('\n', Lines);
            Lines.Clear();
            return text;
        }
    }

    // The third argument is C's va_list, which is passed on as it came: a pointer on x86-64 (an array type) and on
    // arm64 (a struct of 32 bytes, passed by reference).
    [LibraryImport("libc")]
    private static partial int vsnprintf(byte* buffer, nuint size, byte* format, void* arguments);

    // SAFETY: called by libbpf with a valid format and its arguments; never lets an exception out.
    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, void* arguments)
    {
        const int Debug = 2;
        if (level == Debug)
        {
            return 0;
        }

        try
        {
            byte* buffer = stackalloc byte[MaxLineBytes];
            int length = vsnprintf(buffer, MaxLineBytes, format, arguments);
            if (length <= 0)
            {
                return 0;
            }

            var text = Encoding.UTF8.GetString(buffer, Math.Min(length, MaxLineBytes - 1)).TrimEnd();
            lock (Gate)
            {
                Lines.Enqueue(text);
                while (Lines.Count > MaxLines)
                {
                    Lines.Dequeue();
                }
            }
        }
        catch (OutOfMemoryException)
        {
            // The line is lost; there is nobody to tell.
        }

        return 0;
    }
}
