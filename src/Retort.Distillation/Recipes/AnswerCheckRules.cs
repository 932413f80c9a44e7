using Retort.Data.Traces;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>data.check, and the keys that two of its kinds need.</summary>
internal static class AnswerCheckRules
{
    private static readonly (string Key, string Kind, string Example)[] Keys =
    [
        ("pattern", "expression", "pattern: 'total: ([0-9]+)'"), ("command", "command", "command: [python3, tests.py, \"{answer}\"]"),
    ];

    /// <exception cref="RetortException">A key is missing, or belongs to another kind, or the pattern cannot be matched safely.</exception>
    public static void Check(Section section, DataRecipe data)
    {
        foreach (var (key, kind, example) in Keys)
        {
            if (section.Has(key) && data.Check != kind)
                throw new RetortException(section.At(key), $"data.{key} stands beside data.check {data.Check}.",
                    $"{key} belongs to check: {kind}.", $"write check: {kind}, or remove {key}.");
            if (data.Check == kind && (key == "pattern" ? data.Pattern.Length : data.Command.Count) == 0)
                throw new RetortException(section.Location, $"data.check {kind} needs the key 'data.{key}'.", $"such as {example}.");
        }
        if (section.Has("commandSeconds") && data.Check != "command")
            throw new RetortException(section.At("commandSeconds"), $"data.commandSeconds stands beside data.check {data.Check}.",
                "commandSeconds belongs to check: command.", "remove the key.");
        if (data.Pattern.Length > 0) _ = new ExpressionCheck(data.Pattern, section.At("pattern"));
    }
}
