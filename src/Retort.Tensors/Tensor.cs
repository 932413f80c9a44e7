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
        Overwrites = arena.Overwrites;
    }

    public Shape Shape { get; private init; }
    public DataType DataType { get; }
    internal Arena Arena { get; }
    internal Storage Memory { get; }

    /// <summary>Number of the tape's value; 0 = no gradient flows to it (a parameter's gradient is found by its arena).</summary>
    internal int Node { get; private init; }
    internal int Epoch { get; }

    /// <summary>Overwrites in the arena before this handle was made.</summary>
    internal int Overwrites { get; }

    /// <summary>The memory, after a check that it still holds this tensor's numbers.</summary>
    /// <exception cref="RetortException">The tensor belongs to a step that has ended, or an operation consumed it.</exception>
    public Storage Storage =>
        Arena is null ? throw new RetortException("Tensor", "an empty handle was used.", "a tensor made by an operation or an arena.")
        : Epoch != Arena.Epoch ? throw new RetortException("Tensor",
            $"{Shape} belongs to step {Epoch} of its arena, which is at step {Arena.Epoch}.", "tensors of the running step.",
            "copy numbers out with device.Read before the step ends.")
        : Arena.IsConsumed(Memory, Overwrites) ? throw new RetortException("Tensor",
            $"{Shape} was consumed by a row loss or a gated activation: its memory holds a gradient now.",
            "a tensor that is used, and needed backward, no more after it.", "give that operation a copy: step.Scale(tensor, 1).")
        : Memory;

    /// <summary>The device whose memory it is.</summary>
    public Device Device => Arena.Device;

    /// <summary>A stretch of this tensor, from an element on, under a shape of its own. Same arena, same epoch.</summary>
    public Tensor Part(long start, Shape shape) => new(Arena, Storage.Slice(start, shape.Count), shape, DataType);

    /// <summary>The same memory under another shape of equal count.</summary>
    internal Tensor WithShape(Shape shape) => this with { Shape = shape };
    internal Tensor WithNode(int node) => this with { Node = node };

    /// <summary>
    /// Ends this handle and all others on its memory, for an operation that writes something else there. The one returned is for what
    /// is written.
    /// </summary>
    internal Tensor Consume()
    {
        var storage = Storage;
        Arena.Consume(storage);
        return new(Arena, storage, Shape, DataType);
    }
}
