using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>Layouts of the running kernel's own structs, from its BTF.</summary>
public static unsafe class KernelBtf
{
    private const uint Struct = 4; // BTF_KIND_STRUCT
    private const uint BitfieldFlag = 1u << 31;

    /// <summary>Where fields of kernel structs are.</summary>
    /// <param name="fields">Structs and fields of their own, not of a struct in them.</param>
    /// <returns>Bytes from each struct's start; null where the kernel has no BTF, or not all of them, or one does not begin at a byte.</returns>
    public static uint[]? OffsetsOf(params ReadOnlySpan<(string Struct, string Field)> fields)
    {
        nint btf = LibBpf.btf__load_vmlinux_btf();
        if (btf == 0)
        {
            return null;
        }

        try
        {
            var offsets = new uint[fields.Length];
            // Finding a struct looks at a hundred thousand names: once for each.
            var ids = new Dictionary<string, int>();
            for (int i = 0; i < fields.Length; i++)
            {
                if (!ids.TryGetValue(fields[i].Struct, out int id))
                {
                    ids[fields[i].Struct] = id = LibBpf.btf__find_by_name_kind(btf, fields[i].Struct, Struct);
                }

                if (id <= 0 || OffsetOf(btf, LibBpf.btf__type_by_id(btf, (uint)id), fields[i].Field) is not { } offset)
                {
                    return null;
                }

                offsets[i] = offset;
            }

            return offsets;
        }
        finally
        {
            LibBpf.btf__free(btf);
        }
    }

    // struct btf_type { name_off, info, size }, then for each field struct btf_member { name_off, type, offset in bits }. With the flag in
    // info, the upper byte of the offset is a bit field's width.
    private static uint? OffsetOf(nint btf, uint* type, string field)
    {
        uint count = type[1] & 0xffff;
        for (uint* member = type + 3, end = member + (3 * count); member < end; member += 3)
        {
            if (Marshal.PtrToStringUTF8(LibBpf.btf__name_by_offset(btf, member[0])) != field)
            {
                continue;
            }

            uint bits = (type[1] & BitfieldFlag) != 0 ? member[2] & 0xff_ffff : member[2];
            return bits % 8 == 0 ? bits / 8 : null;
        }

        return null;
    }
}
