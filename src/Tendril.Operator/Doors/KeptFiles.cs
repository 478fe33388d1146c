using System.Security.Cryptography;

namespace Tendril.Operator.Doors;

/// <summary>
/// What is made of a few small files, made anew when they change. Files that do not do are told of once, and what was made before stays. They are
/// read whenever it is asked for, which is seldom: no timer, no watch that a moved link or a mounted folder escapes.
/// </summary>
internal sealed partial class KeptFiles<T>(string flag, IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> make, ILogger log)
    where T : class
{
    private readonly Lock _lock = new();
    private IReadOnlyList<string> _texts = [];
    private string _told = "";
    private T? _made;

    /// <summary>The newest that did.</summary>
    /// <exception cref="InvalidDataException">None ever did.</exception>
    public T Current
    {
        get
        {
            lock (_lock)
            {
                try
                {
                    Refresh();
                    _told = "";
                }
                catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
                {
                    Tell(e);
                }

                return _made ?? throw new InvalidDataException(_told);
            }
        }
    }

    /// <summary>Null, or what is wrong with the files, for the start.</summary>
    public static string? Check(string flag, IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> make)
    {
        try
        {
            make([.. paths.Select(File.ReadAllText)]);
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return $"{flag}: {string.Join(" and ", paths)}: {e.Message}";
        }
    }

    private void Refresh()
    {
        var texts = paths.Select(File.ReadAllText).ToList();
        if (_made is not null && texts.SequenceEqual(_texts))
        {
            return;
        }

        var isFirst = _made is null;
        _made = make(texts);
        _texts = texts;
        if (!isFirst)
        {
            Log.Reloaded(log, flag, string.Join(" and ", paths));
        }
    }

    private void Tell(Exception e)
    {
        if (_told != e.Message)
        {
            _told = e.Message;
            Log.Broken(log, flag, string.Join(" and ", paths), e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Flag}: {Files} changed; the new content is in use.", EventName = nameof(Reloaded))]
        public static partial void Reloaded(ILogger logger, string flag, string files);

        [LoggerMessage(2, LogLevel.Warning, "{Flag}: {Files} changed, but cannot be used: {Reason}. What was read before stays in use.", EventName = nameof(Broken))]
        public static partial void Broken(ILogger logger, string flag, string files, string reason);
    }
}
