namespace Retort.Formats.ChatTemplates;

/// <summary>What a statement hands to those around it.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A part of a template that does something.</summary>
internal abstract class Statement(int place)
{
    public int Place => place;

    public abstract Flow Run(TemplateRun run);

    public static Flow RunAll(IReadOnlyList<Statement> body, TemplateRun run)
    {
        foreach (var statement in body)
        {
            run.Enter(statement.Place);
            var flow = statement.Run(run);
            run.Leave();
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}

internal sealed class TextOutput(int place, string text) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        run.Write(Place, text);
        return Flow.Next;
    }
}

internal sealed class ValueOutput(int place, Expression value) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        run.Write(Place, PythonText.Of(run, Place, value.Evaluate(run)));
        return Flow.Next;
    }
}

internal sealed class If(int place, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> branches,
    IReadOnlyList<Statement> otherwise) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        foreach (var (test, body) in branches)
            if (TemplateValue.IsTrue(test.Evaluate(run))) return RunAll(body, run);
        return RunAll(otherwise, run);
    }
}

internal sealed class Jump(int place, Flow flow) : Statement(place)
{
    public override Flow Run(TemplateRun run) => flow;
}

internal sealed class For(int place, IReadOnlyList<string> names, Expression over, Expression? filter, IReadOnlyList<Statement> body,
    IReadOnlyList<Statement> otherwise) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        var outside = run.Scope;
        var items = TemplateFilters.Items(run, Place, over.Evaluate(run));
        if (filter is not null)
            items = new TemplateList([.. items.Where(item =>
            {
                Enter(run, outside, item);
                return TemplateValue.IsTrue(filter.Evaluate(run));
            })]);
        if (items.Count == 0)
        {
            run.Scope = new TemplateScope(outside);
            var flow = RunAll(otherwise, run);
            run.Scope = outside;
            return flow;
        }
        for (var index = 0; index < items.Count; index++)
        {
            Enter(run, outside, items[index]);
            run.Scope.Set("loop", Loop(items, index));
            if (RunAll(body, run) == Flow.Break) break;
        }
        run.Scope = outside;
        return Flow.Next;
    }

    private void Enter(TemplateRun run, TemplateScope outside, object? item)
    {
        run.Scope = new TemplateScope(outside);
        Assignment.Unpack(run, Place, names, item);
    }

    private static TemplateMap Loop(TemplateList items, int index) => new()
    {
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["revindex"] = (long)items.Count - index,
        ["revindex0"] = items.Count - index - 1L,
        ["first"] = index == 0,
        ["last"] = index == items.Count - 1,
        ["length"] = (long)items.Count,
        ["depth"] = 1L,
        ["depth0"] = 0L,
        ["previtem"] = index > 0 ? items[index - 1] : new Undefined("what comes before the first"),
        ["nextitem"] = index + 1 < items.Count ? items[index + 1] : new Undefined("what follows the last"),
        ["cycle"] = new TemplateFunction((run, place, given) => given.Positional.Count == 0
            ? throw run.Refuse(place, "a cycle of nothing", "expected values") : given.Positional[index % given.Positional.Count]),
    };
}

/// <summary>set a = …, set a, b = …, set space.a = …</summary>
internal sealed class Assignment(int place, IReadOnlyList<string> names, string? attribute, Expression value) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        Assign(run, Place, names, attribute, value.Evaluate(run));
        return Flow.Next;
    }

    public static void Assign(TemplateRun run, int place, IReadOnlyList<string> names, string? attribute, object? value)
    {
        if (attribute is null) Unpack(run, place, names, value);
        else if (run.Scope.Find(names[0]) is TemplateNamespace space) space.Values[attribute] = value;
        else throw run.Refuse(place, $"'{names[0]}' is no namespace", "expected set NAME.ATTRIBUTE of a namespace(…)");
    }

    public static void Unpack(TemplateRun run, int place, IReadOnlyList<string> names, object? value)
    {
        if (names.Count == 1)
        {
            run.Scope.Set(names[0], value);
            return;
        }
        var parts = TemplateFilters.Items(run, place, value);
        if (parts.Count != names.Count)
            throw run.Refuse(place, $"{parts.Count} values for {names.Count} names", "expected as many values as names");
        for (var i = 0; i < names.Count; i++) run.Scope.Set(names[i], parts[i]);
    }
}

/// <summary>set a … endset: what is written in between, perhaps filtered.</summary>
internal sealed class Capture(int place, IReadOnlyList<string> names, string? attribute,
    IReadOnlyList<(string Name, Arguments Arguments)> filters, IReadOnlyList<Statement> body) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        var outside = run.Scope;
        run.Scope = new TemplateScope(outside);
        object? value = run.Capture(() => RunAll(body, run));
        run.Scope = outside;
        foreach (var (name, arguments) in filters) value = TemplateFilters.Apply(run, Place, name, value, arguments.Evaluate(run));
        Assignment.Assign(run, Place, names, attribute, value);
        return Flow.Next;
    }
}

internal sealed class MacroDefinition(int place, string name, IReadOnlyList<(string Name, Expression? Otherwise)> parameters,
    IReadOnlyList<Statement> body) : Statement(place)
{
    public override Flow Run(TemplateRun run)
    {
        run.Scope.Set(name, new Macro(name, parameters, body, run.Scope));
        return Flow.Next;
    }
}

/// <summary>A macro sees what was around its definition, and says what it writes.</summary>
internal sealed class Macro(string name, IReadOnlyList<(string Name, Expression? Otherwise)> parameters, IReadOnlyList<Statement> body,
    TemplateScope around) : ITemplateCallable
{
    public object? Call(TemplateRun run, int place, ArgumentValues arguments)
    {
        arguments.Bind(run, place, $"macro '{name}'", [.. parameters.Select(parameter => parameter.Name)]);
        var outside = run.Scope;
        run.Scope = new TemplateScope(around);
        foreach (var (index, (parameter, otherwise)) in parameters.Index())
        {
            var given = index < arguments.Positional.Count || arguments.Named.ContainsKey(parameter);
            run.Scope.Set(parameter, given ? arguments.Get(index, parameter, null)
                : otherwise is null ? new Undefined($"parameter '{parameter}'") : otherwise.Evaluate(run));
        }
        var written = run.Capture(() => Statement.RunAll(body, run));
        run.Scope = outside;
        return written;
    }
}
