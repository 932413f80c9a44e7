using Retort.Nn;
using Retort.Tensors;

namespace Retort.Objectives;

/// <summary>A feature objective whose two values are brought to one shape by an adapter before they are compared.</summary>
public abstract class AdaptedObjective : FeatureObjective
{
    private readonly Adapter[] _adapters;

    private readonly SequencePlaces? _places;

    /// <param name="given">What it is built from.</param>
    /// <param name="places">Of sequences [B, length, width]: which places are examples; null = a sequence is one.</param>
    protected AdaptedObjective(ObjectiveContext given, SequencePlaces? places = null) : base(given.Pairs)
    {
        (_places, Weights) = (places, new Weights());
        _adapters = [.. given.Shapes.Select((shapes, i) => new Adapter(Weights, $"adapter.{i}", places is null ? shapes : shapes.OfPlace()))];
    }

    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _adapters.Select(adapter => adapter.Description)];

    protected override Tensor Examples(Step step, Signals signals, Tensor value) => _places?.Of(step, value, signals.Mask) ?? value;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = _adapters[pair].Match(step, student, teacher);
        return Distance(step, student, teacher, pair);
    }

    /// <summary>Of two values of one shape.</summary>
    public abstract Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0);
}
