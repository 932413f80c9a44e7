using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Objectives.Adversarial;

/// <summary>
/// L = 2 ln 2 + mean ln σ(D(ln p_teacher^T)) + mean ln(1 − σ(D(ln p_student^T))), D learnt against the student: answers should look like a
/// teacher's, whichever example they belong to (Xu, Hsu and Huang 2018, after Goodfellow et al. 2014). z [N, C], dense labels. Without a
/// term that ties each example to its own answer it teaches no class.
/// </summary>
public sealed class LogitDiscriminator : Objective
{
    private readonly ObjectiveContext _given;
    private readonly Discriminator _discriminator;

    public LogitDiscriminator(ObjectiveContext given)
    {
        _given = given;
        Weights = new Weights();
        _discriminator = new Discriminator(Weights, "discriminator", given.Classes, (int)given.Number("discriminatorWidth"));
    }

    public static ObjectiveEntry Entry { get; } =
        new("logit-discriminator", "Answers that a discriminator cannot tell from the teacher's", "Xu, Hsu and Huang 2018, arXiv 1709.00513",
        "(2 ln 2 + mean ln σ(D(ln p_teacher^T)) + mean ln(1 − σ(D(ln p_student^T))))", Needs.DenseLogits,
        given => new LogitDiscriminator(given))
    {
        Keys = [ObjectiveKey.Number("discriminatorWidth", 64, new NumberRange(1, 65536, Whole: true), "enough for ten classes")],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [_discriminator.Description];

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var t = _given.Temperature.At(update);
        return _discriminator.Divergence(step, signals.LogProbabilities(step, t), signals.TeacherLogProbabilities(step, t));
    }
}
