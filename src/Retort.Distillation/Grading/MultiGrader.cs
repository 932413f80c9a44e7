using System.Text.Json;
using Retort.Checkpoints;
using Retort.Grading.Judges;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>
/// {"type": "multi", "graders": {"name": {…}}, "calculate_output": "0.5 * a + 0.5 * b"}: a formula of other graders' values. A list of
/// graders is read too, by their names, since the vendor's own example has one. Where one of those in the formula is ungraded, so is the
/// whole.
/// </summary>
public sealed class MultiGrader : IGrader
{
    private const int Most = 64;

    private readonly Dictionary<string, IGrader> _graders = new(StringComparer.Ordinal);
    private readonly GraderFormula _formula;
    private readonly double? _threshold;

    internal MultiGrader(GraderPart part, IJudgeModel? judge, SentenceModel? embedder, int depth)
    {
        part.Known("graders", "calculate_output");
        (Name, _threshold) = (part.Name, part.Number("pass_threshold"));
        foreach (var (name, value) in Parts(part))
            if (!_graders.TryAdd(name,
                GraderReader.Of(new GraderPart($"{part.Location}.graders.{name}", value), judge, embedder, depth + 1)))
                throw new RetortException(part.Location, $"two graders are called '{name}'.", "a name for each.");
        if (_graders.Count is 0 or > Most) throw part.Wrong("graders", $"1 to {Most} graders");
        _formula = GraderFormula.Parse($"{part.Location}.calculate_output", part.Text("calculate_output"));
        if (_formula.Names.FirstOrDefault(name => !_graders.ContainsKey(name)) is { } unknown)
            throw new RetortException($"{part.Location}.calculate_output", $"there is no grader '{unknown}'.", $"{string.Join(", ", _graders.Keys)}.");
    }

    public string Name { get; }

    public void Prepare(IReadOnlyList<GradedItem> items)
    {
        foreach (var grader in _graders.Values) grader.Prepare(items);
    }

    /// <exception cref="RetortException">The formula gives something outside 0 to 1.</exception>
    public async Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in _formula.Names)
        {
            var grade = await _graders[name].GradeAsync(item, cancellation).ConfigureAwait(false);
            if (grade.Value is not { } value) return grade;
            values[name] = value;
        }
        var score = _formula.Of(values);
        if (!double.IsFinite(score)) return Grade.Ungraded(GraderReasons.NotFinite);
        const double Slack = 1e-9; // of rounding, as in 0.1 + 0.2 + 0.7
        if (score is < -Slack or > 1 + Slack)
            throw new RetortException(item.Place, FormattableString.Invariant($"calculate_output gives {score}."), "a score from 0 to 1.",
                "scale the formula: a score_model gives what its range says.");
        return Grade.Of(Math.Clamp(score, 0, 1), _threshold);
    }

    private static IEnumerable<(string Name, JsonElement Value)> Parts(GraderPart part)
    {
        var graders = part.Needed("graders");
        return graders.ValueKind switch
        {
            JsonValueKind.Object when graders.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String =>
                [Named(graders, 0)],
            JsonValueKind.Object => graders.EnumerateObject().Select(member => (member.Name, member.Value)),
            JsonValueKind.Array => graders.EnumerateArray().Select(Named),
            _ => throw part.Wrong("graders", "graders by name"),
        };
    }

    private static (string, JsonElement) Named(JsonElement grader, int index) =>
        (grader.ValueKind == JsonValueKind.Object && grader.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()! : $"grader{index + 1}", grader);
}
