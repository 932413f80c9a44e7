using Retort.Data.Text;
using Retort.Labels;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>
/// Documents packed in rows: the loss is of the tokens that are to be said, and of nothing else. Only the hidden states in front of them go
/// on to the head, and neither the student's nor the teacher's logits exist for a whole batch (<see cref="HeadLossOperation"/>).
/// </summary>
/// <param name="teacher">Who answers in the loop; null = nobody.</param>
/// <param name="parts">
/// In how many parts a batch is computed: memory falls, and the update stays the same but for rounding, for each part counts by its share
/// of the whole batch's tokens.
/// </param>
/// <param name="tokens">
/// Ids that texts can have. Rows of the student's head beyond them are nobody's: they take no part, as if their logits were −∞, and learn
/// nothing. Surplus rows of the teacher's head are left out with them.
/// </param>
public sealed class TokenLesson(ITokenTeacher? teacher, int parts = 1, int tokens = int.MaxValue) : ILesson
{
    /// <summary>Who answers in the loop about the same texts in other tokens; null = nobody.</summary>
    public ISpanTeacher? Spans { get; init; }

    /// <summary>What makes logits of a teacher's hidden states that lie in the batch; null = there are none.</summary>
    public Tensor? StoredHead { get; init; }

    /// <summary>Weight of each part's mean loss, by update and part; null = each counts by its tokens.</summary>
    public Func<long, int, double>? ShareOf { get; init; }

    public int PartsOf(Batch batch) => Math.Min(parts, batch.Text!.Rows);

    public ObjectiveValue Loss(Step step, Learner learner, Batch batch, LessonPlace place)
    {
        var (text, count, model) = (batch.Text!, PartsOf(batch), (Gpt)learner.State.Module);
        var rows = (place.Part * text.Rows / count)..((place.Part + 1) * text.Rows / count);
        var places = text.Counted(rows);
        var shape = new Shape(rows.End.Value - rows.Start.Value, text.Length);
        var (read, documents) = (step.Constant(shape, text.Tokens(rows)), step.Constant(shape, text.Documents(rows)));
        var counted = step.Constant(new Shape(places.Length), places.AsSpan());
        // First: the memory that it takes serves the student.
        var taught = StoredHead is null ? teacher?.Answer(step, read, documents, counted) : null;
        var hidden = step.Embedding(Gpt.Rows(step, model.States(step, read, documents, packed: true)), counted);
        var next = text.Next(rows);
        var (said, targets) = (new int[places.Length], new int[places.Length]);
        for (var i = 0; i < said.Length; i++) said[i] = next[places[i]];
        if (batch.Author == Author.Student) Array.Fill(targets, Signals.Unlabelled);
        else said.CopyTo(targets, 0);
        var first = text.Counted(..rows.Start).Length;
        var stored = batch.Form == TeacherForm.TopK ? Stored(step, batch, first, places.Length) : (TeacherTarget?)null;
        var signals = new Signals(default, targets, stored)
        {
            Head = new StudentHead(step, hidden, model.HeadOf(step, tokens)),
            TeacherHead = StoredHead is not { } head ? taught
                : new TeacherHead(step.Constant(new Shape(places.Length, batch.Kept),
                    batch.Teacher.AsSpan(first * batch.Kept, places.Length * batch.Kept)), head),
            Spans = Spans?.Answer(step, [.. text.TextsOf(rows)]),
            Said = new SaidTokens(said, [.. text.TextsOf(rows).Select(one => one.Targets)], batch.Author == Author.Student)
            {
                Ranks = RanksOf(text, rows),
            },
        };
        var measures = place is { Part: 0, Ratio: { } ratio }
            ? TokenLook.Of(step, signals, learner.Objective, place.Update, ratio)
            : null;
        var share = ShareOf?.Invoke(place.Update, place.Part) ?? (double)places.Length / text.Targets;
        return learner.Objective.Loss(step, signals, place.Update, share) with { Measures = measures };
    }

    /// <summary>Of all texts, or of none.</summary>
    private static AnswerRank[] RanksOf(TokenBlock text, Range rows) =>
        [.. text.TextsOf(rows).Select(one => one.Rank).TakeWhile(rank => rank is not null).OfType<AnswerRank>()];

    /// <summary>The batch's answers stand in the order of its tokens that are to be said.</summary>
    private static TeacherTarget Stored(Step step, Batch batch, int first, int count)
    {
        var (kept, shape) = (batch.Kept, new Shape(count, batch.Kept));
        return TeacherTarget.TopK(step.Constant(shape, batch.TeacherIds.AsSpan(first * kept, count * kept)),
            step.Constant(shape, batch.Teacher.AsSpan(first * kept, count * kept)),
            step.Constant(new Shape(count), batch.TailMass.AsSpan(first, count)));
    }
}
