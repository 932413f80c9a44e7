namespace Retort.Grading;

/// <summary>
/// {"type": "string_check", "input", "reference", "operation"}: eq, ne (neq), like (input contains reference) or ilike (whatever the case).
/// 1 or 0.
/// </summary>
public sealed class StringCheckGrader : IGrader
{
    private readonly GraderTemplate _input, _reference;
    private readonly Func<string, string, bool> _holds;

    internal StringCheckGrader(GraderPart part)
    {
        part.Known("input", "reference", "operation");
        (Name, _input, _reference) = (part.Name, part.Template("input"), part.Template("reference"));
        _holds = part.Text("operation") switch
        {
            "eq" => (input, reference) => string.Equals(input, reference, StringComparison.Ordinal),
            "ne" or "neq" => (input, reference) => !string.Equals(input, reference, StringComparison.Ordinal),
            "like" => (input, reference) => input.Contains(reference, StringComparison.Ordinal),
            "ilike" => (input, reference) => input.Contains(reference, StringComparison.OrdinalIgnoreCase),
            _ => throw part.Wrong("operation", "eq, ne, like or ilike"),
        };
    }

    public string Name { get; }

    public Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation) => Task.FromResult(
        _input.Render(item) is { } input && _reference.Render(item) is { } reference
            ? Grade.Of(_holds(input, reference) ? 1 : 0, 1)
            : Grade.Ungraded(GraderReasons.Missing));
}
