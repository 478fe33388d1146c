namespace Tendril.Operator.Memory;

/// <summary>The operator's memory cannot be used as it is; the message says why and what to do. The file is never changed or removed for that.</summary>
/// <param name="message">For the terminal and the log.</param>
/// <param name="canPass">Another try may find it well: the file is in use.</param>
internal sealed class MemoryFileException(string message, bool canPass = false) : Exception(message)
{
    public bool CanPass => canPass;
}
