using Retort.Data.Text;
using Retort.Objectives.Sequence;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>A language model of another tokenizer that answers in the loop, about the texts that the student reads.</summary>
public interface ISpanTeacher
{
    /// <param name="step">The student's running step; nothing of the teacher is recorded in it.</param>
    /// <param name="texts">In the student's tokens, in the order of its rows: one row for each token that is to be said.</param>
    TeacherSpans Answer(Step step, IReadOnlyList<TextDocument> texts);
}
