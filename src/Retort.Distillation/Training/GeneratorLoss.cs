using Retort.Nn;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>
/// What a generator of examples makes small. <c>dafl</c> (Chen et al. 2019, eq. 6): oneHot·CE(z_t, argmax z_t) + entropy·Σ_c p̄_c
/// log₁₀ p̄_c − activation·mean|F_t|: the teacher should be sure, of every class as often, and excited. <c>zskt</c> (Micaelli and
/// Storkey 2019, eq. 1): −KL(p_t ‖ p_s): the student should not know yet.
/// </summary>
/// <param name="recipe">Method and weights.</param>
/// <param name="teacher">Answers, with gradients to the examples.</param>
/// <param name="student">Looked at by zskt, in evaluation mode.</param>
public sealed class GeneratorLoss(ExamplesRecipe recipe, ILiveTeacher teacher, Module student)
{
    /// <summary>The teacher's last hidden value, which dafl looks at.</summary>
    public static string Hidden(ILiveTeacher teacher) => teacher.TapNames[^2];

    /// <param name="step">The generator's own step, in training.</param>
    /// <param name="examples">[B, …example] with a gradient.</param>
    /// <returns>A scalar.</returns>
    public Tensor Of(Step step, Tensor examples)
    {
        var said = step.Evaluated(() => teacher.Answer(step, examples, 0, gradients: true));
        var logits = said.Target!.Value.Values;
        var answer = step.LogSoftmax(logits);
        if (recipe.Source == "zskt")
        {
            var doubt = step.KullbackLeibler(answer, step.LogSoftmax(step.Evaluated(() => student.Forward(step, examples))));
            return step.Scale(step.MeanAll(doubt), -1);
        }
        var sure = step.Scale(step.MeanAll(step.Reduce(Reduction.Maximum, answer, -1)), -recipe.OneHotWeight);
        var logMean = step.Plus(step.Reduce(Reduction.LogSumExp, answer, 0), -Math.Log(answer.Shape[0]));
        var even = step.Scale(step.Sum(step.Multiply(step.Apply(Unary.Exp, logMean), logMean), 0), recipe.EntropyWeight / Math.Log(10));
        var excited =
            step.Scale(step.MeanAll(step.Apply(Unary.Absolute, said.Teachers[0].Taps[Hidden(teacher)])), -recipe.ActivationWeight);
        return step.Add(step.Add(sure, step.Reshape(even, new Shape())), excited);
    }
}
