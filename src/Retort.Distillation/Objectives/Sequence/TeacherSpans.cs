using Retort.Tensors.Operations;

namespace Retort.Objectives.Sequence;

/// <summary>What a teacher of another tokenizer says of the texts of a step.</summary>
/// <param name="Head">Its hidden states [M, width] before each of its tokens, and its head; not to be read where no span is.</param>
/// <param name="Tokens">[M] its tokens.</param>
/// <param name="Spans">Rows of the student and of the teacher that stand for the same text.</param>
/// <param name="TeacherOf">[student's ids] the teacher's token of the same text; −1 = it has none.</param>
public sealed record TeacherSpans(TeacherHead Head, int[] Tokens, IReadOnlyList<AlignedSpan> Spans, int[] TeacherOf);
