using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>Which places of a sequence are examples, for an objective that compares hidden values place by place.</summary>
public enum SequencePlaces
{
    /// <summary>All that are not padding.</summary>
    All,

    /// <summary>The first, where an encoder keeps what it says of the whole.</summary>
    First,

    /// <summary>Their mean, padding left out: the vector of the whole, as encoders of sentences have it.</summary>
    Mean,
}

/// <summary>From hidden values of sequences to those of places.</summary>
internal static class SequencePlacesOfValues
{
    /// <summary>[B, length, width] to [places, width], or one row a sequence; any other value as it is.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="x">Hidden values.</param>
    /// <param name="places">Which.</param>
    /// <param name="mask">[B, length]: 0 where a place is padding; empty = every place counts.</param>
    public static Tensor Of(this SequencePlaces places, Step step, Tensor x, ReadOnlyMemory<int> mask)
    {
        if (x.Shape.Rank != 3) return x;
        var (batch, length, width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        if (places == SequencePlaces.First) return step.Reshape(step.Slice(x, 1, 0, 1), new Shape(batch, width));
        if (places == SequencePlaces.Mean) return step.MeanOfPlaces(x, mask.Span);
        var flat = step.Reshape(x, new Shape(batch * length, width));
        if (!mask.Span.Contains(0)) return flat;
        int[] counted = [.. Enumerable.Range(0, mask.Length).Where(place => mask.Span[place] != 0)];
        return step.Embedding(flat, step.Constant(new Shape(counted.Length), counted));
    }

    /// <summary>[length, width] to [width].</summary>
    public static PairShapes OfPlace(this PairShapes shapes) => new(OfPlace(shapes.Student), OfPlace(shapes.Teacher));

    private static Shape OfPlace(Shape shape) => shape.Rank == 2 ? new Shape(shape[1]) : shape;
}
