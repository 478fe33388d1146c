using System.Buffers.Binary;
using System.Text;

namespace Tendril.Agent.Tests.Capture;

/// <summary>Reads the structs and enums of an object's BTF (kernel documentation: bpf/btf.rst).</summary>
internal sealed class Btf
{
    private const int HeaderBytes = 24;
    private readonly List<BtfType> _types = [new BtfType("", 0, 0, [])];

    public Btf(ReadOnlySpan<byte> data)
    {
        Assert.Equal(0xEB9F, BinaryPrimitives.ReadUInt16LittleEndian(data));
        int headerLength = Int(data, 4), typeOffset = Int(data, 8), typeLength = Int(data, 12), stringOffset = Int(data, 16);
        Assert.True(headerLength >= HeaderBytes);
        var types = data.Slice(headerLength + typeOffset, typeLength);
        var strings = data[(headerLength + stringOffset)..];
        for (int at = 0; at < types.Length;)
        {
            at += Read(types[at..], strings);
        }
    }

    public IEnumerable<BtfType> Structs => _types.Where(type => type.Kind == BtfKind.Struct);

    public IEnumerable<BtfType> Enums => _types.Where(type => type.Kind == BtfKind.Enum);

    /// <summary>Size in bytes of a type, following typedefs, qualifiers and arrays.</summary>
    public int SizeOf(int id)
    {
        var type = _types[id];
        return type.Kind switch
        {
            BtfKind.Array => type.Members[0].Offset * SizeOf(type.Members[0].Type),
            BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.TypeTag => SizeOf(type.SizeOrType),
            BtfKind.Pointer => 8,
            _ => type.SizeOrType,
        };
    }

    private int Read(ReadOnlySpan<byte> type, ReadOnlySpan<byte> strings)
    {
        string name = Text(strings, Int(type, 0));
        int info = Int(type, 4), count = info & 0xffff, sizeOrType = Int(type, 8), extra;
        var kind = (BtfKind)((info >> 24) & 0x1f);
        var members = new List<BtfMember>();
        var rest = type[12..];
        switch (kind)
        {
            case BtfKind.Struct or BtfKind.Union:
                for (int i = 0; i < count; i++)
                {
                    var member = rest[(12 * i)..];
                    members.Add(new BtfMember(Text(strings, Int(member, 0)), Int(member, 4), (Int(member, 8) & 0xffffff) / 8));
                }

                extra = 12 * count;
                break;
            case BtfKind.Enum:
                for (int i = 0; i < count; i++)
                {
                    members.Add(new BtfMember(Text(strings, Int(rest, 8 * i)), 0, Int(rest, (8 * i) + 4)));
                }

                extra = 8 * count;
                break;
            case BtfKind.Array:
                members.Add(new BtfMember("", Int(rest, 0), Int(rest, 8)));
                extra = 12;
                break;
            case BtfKind.Int or BtfKind.Variable or BtfKind.DeclTag:
                extra = 4;
                break;
            case BtfKind.FunctionPrototype:
                extra = 8 * count;
                break;
            case BtfKind.DataSection or BtfKind.Enum64:
                extra = 12 * count;
                break;
            default:
                extra = 0;
                break;
        }

        _types.Add(new BtfType(name, kind, sizeOrType, members));
        return 12 + extra;
    }

    private static int Int(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadInt32LittleEndian(data[at..]);

    private static string Text(ReadOnlySpan<byte> strings, int at)
    {
        var text = strings[at..];
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }
}

internal enum BtfKind
{
    None = 0,
    Int = 1,
    Pointer = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Typedef = 8,
    Volatile = 9,
    Const = 10,
    FunctionPrototype = 13,
    Variable = 14,
    DataSection = 15,
    DeclTag = 17,
    TypeTag = 18,
    Enum64 = 19,
}

/// <param name="Offset">Of a field in bytes; an enum constant's value; an array's length.</param>
internal sealed record BtfMember(string Name, int Type, int Offset);

internal sealed record BtfType(string Name, BtfKind Kind, int SizeOrType, IReadOnlyList<BtfMember> Members);
