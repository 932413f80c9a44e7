using System.Text.Json;

namespace Retort.Grading.Judges;

/// <summary>
/// {"type": "score_model", "model", "input", "range": [0, 1], "pass_threshold"}: a judge gives a number in the range; the score is its
/// share of it. A number outside, or none, is ungraded.
/// </summary>
public sealed class ScoreModelGrader : IGrader
{
    private readonly JudgePrompt _prompt;
    private readonly IJudgeModel _judge;
    private readonly double _low, _high;
    private readonly double? _threshold;

    internal ScoreModelGrader(GraderPart part, IJudgeModel judge)
    {
        part.Known("input", "range");
        (Name, _prompt, _judge, _threshold) = (part.Name, new JudgePrompt(part), judge, part.Number("pass_threshold"));
        (_low, _high) = part.Find("range") switch
        {
            null => (0, 1),
            { ValueKind: JsonValueKind.Array } range when range.GetArrayLength() == 2 && range[0].ValueKind == JsonValueKind.Number
                && range[1].ValueKind == JsonValueKind.Number && range[0].GetDouble() < range[1].GetDouble()
                && double.IsFinite(range[0].GetDouble()) && double.IsFinite(range[1].GetDouble()) =>
                    (range[0].GetDouble(), range[1].GetDouble()),
            _ => throw part.Wrong("range", "two numbers, the smaller first"),
        };
    }

    public string Name { get; }

    public async Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation)
    {
        if (_prompt.Render(item) is not { } messages) return Grade.Ungraded(GraderReasons.Missing);
        messages.Add(("user", FormattableString.Invariant($"Answer with JSON only: {{\"result\": NUMBER}}, where NUMBER is from {_low} to {_high}.")));
        var answer = await _judge.AskAsync(messages, JudgeForm.Number(_low, _high), cancellation).ConfigureAwait(false);
        if (answer is not { } reply) return Grade.Ungraded(GraderReasons.NoAnswer);
        if (JudgeReply.Score(reply) is not { } value) return Grade.Ungraded(GraderReasons.Unreadable);
        if (value < _low || value > _high) return Grade.Ungraded(GraderReasons.OutOfRange);
        return new Grade((value - _low) / (_high - _low), _threshold is { } least ? value >= least : null, value, null);
    }
}
