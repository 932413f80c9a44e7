namespace Retort.Grading.Judges;

/// <summary>
/// {"type": "pairwise_model", "model", "input", "answer", "other"}: a judge says which of two answers is better, with each of them first
/// once. 1 where "answer" wins both times, 0 where "other" does, a half for a tie and for a judge that goes by the order.
/// </summary>
public sealed class PairwiseModelGrader : IGrader
{
    private static readonly string[] verdicts = ["A", "B", "tie"];

    private readonly JudgePrompt _prompt;
    private readonly IJudgeModel _judge;
    private readonly GraderTemplate _answer, _other;

    internal PairwiseModelGrader(GraderPart part, IJudgeModel judge)
    {
        part.Known("input", "answer", "other");
        (Name, _prompt, _judge, _answer, _other) = (part.Name, new JudgePrompt(part), judge, part.Template("answer"), part.Template("other"));
    }

    public string Name { get; }

    public async Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation)
    {
        if (_prompt.Render(item) is not { } messages || _answer.Render(item) is not { } answer || _other.Render(item) is not { } other)
            return Grade.Ungraded(GraderReasons.Missing);
        var (sum, form) = (0.0, JudgeForm.OneOf(verdicts));
        foreach (var (first, second, mine) in new[] { (answer, other, "A"), (other, answer, "B") })
        {
            var asked = $"Answer A:\n{first}\n\nAnswer B:\n{second}\n\nWhich is better? Answer with JSON only: {{\"result\": \"A\"}}, {{\"result\": \"B\"}} or {{\"result\": \"tie\"}}.";
            if (await _judge.AskAsync([.. messages, ("user", asked)], form, cancellation).ConfigureAwait(false) is not { } reply)
                return Grade.Ungraded(GraderReasons.NoAnswer);
            if (JudgeReply.Label(reply, verdicts) is not { } verdict) return Grade.Ungraded(GraderReasons.Unreadable);
            sum += verdict == "tie" ? 0.5 : verdict == mine ? 1 : 0;
        }
        return Grade.Of(sum is 0 or 2 ? sum / 2 : 0.5);
    }
}
