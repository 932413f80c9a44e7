namespace Retort.Grading.Judges;

/// <summary>
/// {"type": "label_model", "model", "input", "labels", "passing_labels"}: a judge chooses a label; a passing one is 1, any other 0. It is
/// asked twice, with the labels in their order and in the reverse; where the two disagree on passing, the item is ungraded.
/// </summary>
public sealed class LabelModelGrader : IGrader
{
    private readonly JudgePrompt _prompt;
    private readonly IJudgeModel _judge;
    private readonly IReadOnlyList<string> _labels, _passing;

    internal LabelModelGrader(GraderPart part, IJudgeModel judge)
    {
        part.Known("input", "labels", "passing_labels");
        (Name, _prompt, _judge, _labels, _passing) = (part.Name, new JudgePrompt(part), judge, part.Texts("labels"), part.Texts("passing_labels"));
        if (_labels.Count < 2 || _labels.Distinct().Count() < _labels.Count) throw part.Wrong("labels", "two labels at least, each once");
        if (_passing.Count == 0 || _passing.Except(_labels).Any()) throw part.Wrong("passing_labels", "some of the labels");
    }

    public string Name { get; }

    public async Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation)
    {
        if (_prompt.Render(item) is not { } messages) return Grade.Ungraded(GraderReasons.Missing);
        bool? passes = null;
        foreach (var labels in new[] { _labels, [.. _labels.Reverse()] })
        {
            var choice = string.Join(", ", labels.Select(label => $"\"{label}\""));
            if (await _judge.AskAsync([.. messages, ("user", $"Answer with JSON only: {{\"result\": LABEL}}, where LABEL is one of {choice}.")], JudgeForm.OneOf(labels), cancellation)
                .ConfigureAwait(false) is not { } reply)
                return Grade.Ungraded(GraderReasons.NoAnswer);
            if (JudgeReply.Spoken(reply) is null) return Grade.Ungraded(GraderReasons.Unreadable);
            if (JudgeReply.Label(reply, _labels) is not { } label) return Grade.Ungraded(GraderReasons.UnknownLabel);
            if (passes is { } before && before != _passing.Contains(label)) return Grade.Ungraded(GraderReasons.Undecided);
            passes = _passing.Contains(label);
        }
        return Grade.Of(passes == true ? 1 : 0, 1);
    }
}
