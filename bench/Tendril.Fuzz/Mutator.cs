using System.Buffers.Binary;

namespace Tendril.Fuzz;

/// <summary>
/// Makes a new input of a known one, as AFL's "havoc" does: a few changes at random places, sometimes the end of another input. The same seed
/// gives the same inputs.
/// </summary>
internal sealed class Mutator(Target target, int seed)
{
    private static readonly byte[] Edgy = [0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 192, 254, 255];
    private static readonly ushort[] EdgyWords = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x3FF, 0x400, 0x1000, 0x7FFF, 0x8000, 0xC000, 0xC00C, 0xFFFF];

    private readonly Random _random = new(seed);
    private readonly byte[] _buffer = new byte[target.MaxBytes];
    private int _length;

    /// <summary>The next input; valid until the next call.</summary>
    public ReadOnlySpan<byte> Next(IReadOnlyList<byte[]> known)
    {
        Take(Choose(known));
        if (_random.Next(8) == 0)
        {
            Splice(Choose(known));
        }

        for (var changes = 1 << _random.Next(5); changes > 0; changes--)
        {
            Change();
        }

        return _buffer.AsSpan(0, _length);
    }

    // Half the time one of the newest, which nobody has tried yet.
    private byte[] Choose(IReadOnlyList<byte[]> known)
    {
        var newest = Math.Max(known.Count / 8, 1);
        return _random.Next(2) == 0 ? known[_random.Next(known.Count)] : known[known.Count - 1 - _random.Next(newest)];
    }

    private void Take(ReadOnlySpan<byte> input)
    {
        _length = Math.Min(input.Length, _buffer.Length);
        input[.._length].CopyTo(_buffer);
    }

    private void Splice(ReadOnlySpan<byte> other)
    {
        var at = _random.Next(_length + 1);
        var from = other[_random.Next(other.Length + 1)..];
        from = from[..Math.Min(from.Length, _buffer.Length - at)];
        from.CopyTo(_buffer.AsSpan(at));
        _length = at + from.Length;
    }

    private void Change()
    {
        var at = _length == 0 ? 0 : _random.Next(_length);
        switch (_length == 0 ? 4 : _random.Next(12))
        {
            case 0:
                _buffer[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                _buffer[at] = Edgy[_random.Next(Edgy.Length)];
                break;
            case 2:
                _buffer[at] = (byte)_random.Next(256);
                break;
            case 3:
                _buffer[at] += (byte)(_random.Next(33) - 16);
                break;
            case 4:
            case 5:
                Insert(at, target.Tokens.Count > 0 ? target.Tokens[_random.Next(target.Tokens.Count)] : [Edgy[_random.Next(Edgy.Length)]]);
                break;
            case 6 when target.Tokens.Count > 0:
                var token = target.Tokens[_random.Next(target.Tokens.Count)];
                token.AsSpan(0, Math.Min(token.Length, _length - at)).CopyTo(_buffer.AsSpan(at));
                break;
            case 7:
                Remove(at, 1 + _random.Next(Math.Min(_length - at, 32)));
                break;
            case 8:
                Insert(at, [Edgy[_random.Next(Edgy.Length)]]);
                break;
            case 9:
                Repeat(at);
                break;
            case 10:
                Copy(at);
                break;
            default:
                Word(at);
                break;
        }
    }

    private void Word(int at)
    {
        if (at + 2 > _length)
        {
            return;
        }

        var word = EdgyWords[_random.Next(EdgyWords.Length)];
        if (_random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(at), word);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(at), word);
        }
    }

    // A part of it once more, or many times: what takes time grows with these.
    private void Repeat(int at)
    {
        Span<byte> part = stackalloc byte[Math.Min(1 + _random.Next(16), _length - at)];
        _buffer.AsSpan(at, part.Length).CopyTo(part);
        for (var times = _random.Next(4) == 0 ? _random.Next(64) : 1; times > 0; times--)
        {
            Insert(at, part);
        }
    }

    private void Copy(int at)
    {
        var from = _random.Next(_length);
        var length = 1 + _random.Next(Math.Min(_length - Math.Max(at, from), 32));
        _buffer.AsSpan(from, length).CopyTo(_buffer.AsSpan(at));
    }

    private void Insert(int at, ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, _buffer.Length - _length)];
        _buffer.AsSpan(at, _length - at).CopyTo(_buffer.AsSpan(at + part.Length));
        part.CopyTo(_buffer.AsSpan(at));
        _length += part.Length;
    }

    private void Remove(int at, int count)
    {
        _buffer.AsSpan(at + count, _length - at - count).CopyTo(_buffer.AsSpan(at));
        _length -= count;
    }
}
