using Retort.Data.Text;
using Retort.Objectives.Sequence;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>A teacher whose time is counted.</summary>
/// <param name="teacher">Who answers.</param>
/// <param name="times">Where its seconds go.</param>
public sealed class TimedTeacher(ITokenTeacher teacher, WorkTimes times) : ITokenTeacher
{
    public TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places) =>
        times.Scoring(() => teacher.Answer(step, tokens, documents, places));
}

/// <summary>The same of another tokenizer.</summary>
/// <param name="teacher">Who answers.</param>
/// <param name="times">Where its seconds go.</param>
public sealed class TimedSpanTeacher(ISpanTeacher teacher, WorkTimes times) : ISpanTeacher
{
    public TeacherSpans Answer(Step step, IReadOnlyList<TextDocument> texts) => times.Scoring(() => teacher.Answer(step, texts));
}
