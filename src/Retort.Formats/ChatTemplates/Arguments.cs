namespace Retort.Formats.ChatTemplates;

/// <summary>The arguments of a call as they are written.</summary>
internal sealed class Arguments(IReadOnlyList<Expression> positional, IReadOnlyList<(string Name, Expression Value)> named)
{
    public static Arguments None { get; } = new([], []);

    public ArgumentValues Evaluate(TemplateRun run) => new([.. positional.Select(value => value.Evaluate(run))],
        named.ToDictionary(pair => pair.Name, pair => pair.Value.Evaluate(run), StringComparer.Ordinal));
}

/// <summary>The arguments of a call.</summary>
internal readonly record struct ArgumentValues(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static ArgumentValues Of(params object?[] positional) => new(positional, new Dictionary<string, object?>());

    /// <summary>The argument at a place or of a name; what else to take where it is absent.</summary>
    public object? Get(int index, string name, object? otherwise) =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out var value) ? value : otherwise;
}
