namespace Retort.Formats.ChatTemplates;

/// <summary>A part of a template that has a value.</summary>
/// <param name="place">Where it begins in the source.</param>
internal abstract class Expression(int place)
{
    public int Place => place;

    /// <summary>The value; every evaluation is a step, and they may lie only so deep in each other.</summary>
    public object? Evaluate(TemplateRun run)
    {
        run.Enter(place);
        var value = Compute(run);
        run.Leave();
        return value;
    }

    protected abstract object? Compute(TemplateRun run);
}

internal sealed class Literal(int place, object? value) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => value;
}

internal sealed class Name(int place, string name) : Expression(place)
{
    public string Text => name;

    protected override object? Compute(TemplateRun run) => run.Scope.Find(name);
}

internal sealed class ListDisplay(int place, IReadOnlyList<Expression> items, bool isTuple) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => new TemplateList(items.Select(item => item.Evaluate(run)), isTuple);
}

internal sealed class MapDisplay(int place, IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression(place)
{
    protected override object? Compute(TemplateRun run)
    {
        var map = new TemplateMap();
        foreach (var (key, value) in entries)
        {
            var name = key.Evaluate(run) as string ?? throw run.Refuse(key.Place, "a key is no text", "expected texts as keys");
            run.Step(key.Place, 1 + name.Length / 64);
            map[name] = value.Evaluate(run);
        }
        return map;
    }
}

internal sealed class Conditional(int place, Expression test, Expression then, Expression? otherwise) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => TemplateValue.IsTrue(test.Evaluate(run)) ? then.Evaluate(run)
        : otherwise is null ? Undefined.Unnamed : otherwise.Evaluate(run);
}

internal sealed class Logical(int place, Expression left, Expression right, bool isAnd) : Expression(place)
{
    protected override object? Compute(TemplateRun run)
    {
        var value = left.Evaluate(run);
        return TemplateValue.IsTrue(value) == isAnd ? right.Evaluate(run) : value;
    }
}

internal sealed class Not(int place, Expression operand) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => !TemplateValue.IsTrue(operand.Evaluate(run));
}

internal sealed class Sign(int place, Expression operand, bool isMinus) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => operand.Evaluate(run) switch
    {
        bool truth => (object)(truth ? isMinus ? -1L : 1L : 0L),
        long.MinValue when isMinus => throw run.Refuse(Place, $"- {long.MinValue} has more than 64 bits", "expected less"),
        long whole => isMinus ? -whole : whole,
        double number => isMinus ? -number : number,
        var other => throw run.Refuse(Place, $"{TemplateValue.Describe(other)} has no sign", "expected a number"),
    };
}

internal sealed class Arithmetic(int place, Expression left, string sign, Expression right) : Expression(place)
{
    protected override object? Compute(TemplateRun run) =>
        TemplateArithmetic.Apply(run, Place, left.Evaluate(run), sign, right.Evaluate(run));
}

/// <summary>a &lt; b &lt;= c compares neighbours.</summary>
internal sealed class Comparison(int place, Expression first, IReadOnlyList<(string Sign, Expression Right)> others) : Expression(place)
{
    protected override object? Compute(TemplateRun run)
    {
        var left = first.Evaluate(run);
        foreach (var (sign, expression) in others)
        {
            var right = expression.Evaluate(run);
            if (!TemplateArithmetic.Compare(run, Place, left, sign, right)) return false;
            left = right;
        }
        return true;
    }
}

internal sealed class Attribute(int place, Expression owner, string name) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => TemplateAccess.Attribute(run, Place, owner.Evaluate(run), name);
}

internal sealed class Item(int place, Expression owner, Expression key) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => TemplateAccess.Item(run, Place, owner.Evaluate(run), key.Evaluate(run));
}

internal sealed class Slice(int place, Expression owner, Expression? start, Expression? stop, Expression? step) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => TemplateAccess.Slice(run, Place, owner.Evaluate(run),
        start?.Evaluate(run), stop?.Evaluate(run), step?.Evaluate(run));
}

internal sealed class Call(int place, Expression callee, Arguments arguments) : Expression(place)
{
    protected override object? Compute(TemplateRun run) => callee.Evaluate(run) is ITemplateCallable callable
        ? callable.Call(run, Place, arguments.Evaluate(run))
        : throw run.Refuse(Place, $"{(callee is Name name ? $"'{name.Text}'" : "this")} cannot be called",
            "expected a macro, a function or a method that templates may use");
}

internal sealed class Filtered(int place, Expression operand, string name, Arguments arguments) : Expression(place)
{
    protected override object? Compute(TemplateRun run) =>
        TemplateFilters.Apply(run, Place, name, operand.Evaluate(run), arguments.Evaluate(run));
}

internal sealed class Tested(int place, Expression operand, string name, Arguments arguments, bool negated) : Expression(place)
{
    protected override object? Compute(TemplateRun run) =>
        TemplateTests.Holds(run, Place, name, operand.Evaluate(run), arguments.Evaluate(run)) != negated;
}
