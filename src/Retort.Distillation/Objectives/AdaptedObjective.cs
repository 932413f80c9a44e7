using Retort.Nn;
using Retort.Tensors;

namespace Retort.Objectives;

/// <summary>A feature objective whose two values are brought to one shape by an adapter before they are compared.</summary>
public abstract class AdaptedObjective : FeatureObjective
{
    private readonly Adapter[] _adapters;

    protected AdaptedObjective(ObjectiveContext given) : base(given.Pairs)
    {
        Weights = new Weights();
        _adapters = [.. given.Shapes.Select((shapes, i) => new Adapter(Weights, $"adapter.{i}", shapes))];
    }

    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _adapters.Select(adapter => adapter.Description)];

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = _adapters[pair].Match(step, student, teacher);
        return Distance(step, student, teacher, pair);
    }

    /// <summary>Of two values of one shape.</summary>
    public abstract Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0);
}
