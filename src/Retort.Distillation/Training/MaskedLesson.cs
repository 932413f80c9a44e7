using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>
/// Masked-language modelling: the loss is of the tokens that are to be guessed; hidden states are compared at every token that is not
/// padding. The teacher, frozen, reads the same masked texts (Sanh et al. 2019, DistilBERT's triple loss).
/// </summary>
/// <param name="teacher">A masked-language model of the same tokens; null = nobody.</param>
public sealed class MaskedLesson(Bert? teacher) : ILesson
{
    public int PartsOf(Batch batch) => 1;

    public ObjectiveValue Loss(Step step, Learner learner, Batch batch, LessonPlace place)
    {
        var (block, student) = (batch.Masked!, (Bert)learner.State.Module);
        var logits = Logits(step, student, block);
        var answer = teacher is { } known ? step.Frozen(() => new TeacherSignals(Logits(step, known, block), 1,
            new Dictionary<string, Tensor>(known.Tapped))) : null;
        return learner.Objective.Loss(step, new Signals(logits, block.Targets, answer is null ? null : TeacherTarget.Logits(answer.Logits))
        {
            Taps = student.Tapped,
            Teachers = answer is null ? [] : [answer],
            Mask = block.Seen.Contains(0) ? block.Seen : default(ReadOnlyMemory<int>),
        }, place.Update);
    }

    /// <summary>What a model says of the tokens that are to be guessed.</summary>
    /// <returns>[places, Vocabulary]</returns>
    public static Tensor Logits(Step step, Bert model, MaskedBlock block)
    {
        var shape = new Shape(block.Rows, block.Length);
        Tensor? seen = block.Seen.Contains(0) ? step.Constant(shape, block.Seen.AsSpan()) : null;
        var states = model.States(step, step.Constant(shape, block.Tokens.AsSpan()), seen);
        var rows = step.Reshape(states, new Shape(shape.Count, model.Sizes.Width));
        return model.TokenLogits(step, step.Embedding(rows, step.Constant(new Shape(block.Places.Length), block.Places.AsSpan())));
    }
}
