using Retort.Tensors.Devices;

namespace Retort.Tensors;

/// <summary>
/// A handle to numbers in an arena. Ownership in one sentence: a tensor lives in the arena it was made in and dies with it
/// (a step's temporaries die together when the step ends; using one later throws).
/// </summary>
public readonly struct Tensor
{
    internal Tensor(Arena arena, Storage buffer, Shape shape, DataType dataType, int node = 0)
    {
        Arena = arena;
        Memory = buffer;
        Shape = shape;
        DataType = dataType;
        Node = node;
        Epoch = arena.Epoch;
    }

    public Shape Shape { get; }
    public DataType DataType { get; }
    internal Arena Arena { get; }
    internal Storage Memory { get; }

    /// <summary>Number of the tape's value; 0 = no gradient flows to it (a parameter's gradient is found by its arena).</summary>
    internal int Node { get; }
    internal int Epoch { get; }

    /// <summary>The memory, after a check that its arena has not been reset.</summary>
    /// <exception cref="RetortException">The tensor belongs to a step that has ended.</exception>
    public Storage Storage =>
        Arena is null ? throw new RetortException("Tensor", "an empty handle was used.", "a tensor made by an operation or an arena.")
        : Epoch != Arena.Epoch ? throw new RetortException("Tensor", $"{Shape} belongs to step {Epoch} of its arena, which is at step {Arena.Epoch}.", "tensors of the running step.", "copy numbers out with device.Read before the step ends.")
        : Memory;

    /// <summary>The device whose memory it is.</summary>
    public Device Device => Arena.Device;

    /// <summary>A stretch of this tensor, from an element on, under a shape of its own. Same arena, same epoch.</summary>
    public Tensor Part(long start, Shape shape) => new(Arena, Storage.Slice(start, shape.Count), shape, DataType);

    /// <summary>The same memory under another shape of equal count.</summary>
    internal Tensor WithShape(Shape shape) => new(Arena, Memory, shape, DataType, Node);
    internal Tensor WithNode(int node) => new(Arena, Memory, Shape, DataType, node);
}
