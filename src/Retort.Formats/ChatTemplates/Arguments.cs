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
    /// <summary>These arguments, once each of them has a parameter of its own.</summary>
    /// <param name="run">Refuses the others.</param>
    /// <param name="place">For errors.</param>
    /// <param name="callee">For errors: "the filter 'trim'".</param>
    /// <param name="parameters">Names in order.</param>
    public ArgumentValues Bind(TemplateRun run, int place, string callee, IReadOnlyList<string> parameters)
    {
        if (Positional.Count > parameters.Count)
            throw run.Refuse(place, $"{Positional.Count} arguments for {callee}", $"expected at most {parameters.Count}");
        foreach (var name in Named.Keys)
            if (!parameters.Contains(name))
                throw run.Refuse(place, $"{callee} has no parameter '{name}'",
                    parameters.Count == 0 ? "expected none" : $"expected one of {string.Join(", ", parameters)}");
            else if (parameters.Take(Positional.Count).Contains(name))
                throw run.Refuse(place, $"{callee} gets '{name}' twice", "expected it once");
        return this;
    }

    /// <summary>The argument at a place or of a name; what else to take where it is absent.</summary>
    public object? Get(int index, string name, object? otherwise) =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out var value) ? value : otherwise;

    public bool Flag(int index, string name) => TemplateValue.IsTrue(Get(index, name, false));

    /// <summary>A whole number; none counts as absent.</summary>
    public long Whole(TemplateRun run, int place, int index, string name, long otherwise) => Get(index, name, null) switch
    {
        null => otherwise,
        long whole => whole,
        var other => throw run.Refuse(place, $"'{name}' is {TemplateValue.Describe(other)}", "expected a whole number"),
    };
}
