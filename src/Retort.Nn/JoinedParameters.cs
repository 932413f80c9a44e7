using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn;

/// <summary>Neighbours in the flat buffer that one product serves: queries, keys and values; gate and up.</summary>
public sealed class JoinedParameters
{
    private readonly Shape _shape;

    internal JoinedParameters(IReadOnlyList<Parameter> parts)
    {
        Parts = parts;
        var extents = parts[0].Shape.ToArray();
        extents[0] = parts.Sum(part => part.Shape[0]);
        _shape = new Shape(extents);
    }

    public IReadOnlyList<Parameter> Parts { get; }

    /// <summary>[rows of all parts, …]</summary>
    public Tensor Value { get; private set; }

    internal void Bind(Tensor flat) => Value = flat.Part(Parts[0].Offset, _shape);

    internal void Freeze(Arena arena, DataType storage)
    {
        Value = Narrowed.Copy(Value, arena, storage);
        foreach (var part in Parts) part.Release();
    }
}
