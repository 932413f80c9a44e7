using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn;

/// <summary>Matrices go into the narrow type; vectors, which are few and add up, stay as they are.</summary>
internal static class Narrowed
{
    public static Tensor Copy(Tensor source, Arena arena, DataType storage)
    {
        var copy = source.Shape.Rank > 1 ? arena.Allocate(source.Shape, storage) : arena.Allocate(source.Shape);
        source.Device.Write(copy, source.Device.ToFloats(source));
        return copy;
    }
}
