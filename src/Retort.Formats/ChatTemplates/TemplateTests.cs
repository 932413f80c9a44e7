namespace Retort.Formats.ChatTemplates;

/// <summary>value is test.</summary>
internal static class TemplateTests
{
    public static bool Holds(TemplateRun run, int place, string name, object? value, ArgumentValues given)
    {
        run.Step(place);
        given.Bind(run, place, $"the test '{name}'", name switch
        {
            "divisibleby" => ["num"],
            "in" => ["seq"],
            "eq" or "equalto" or "==" or "ne" or "!=" or "lt" or "lessthan" or "<" or "le" or "<=" or "gt" or "greaterthan" or ">"
                or "ge" or ">=" or "sameas" => ["other"],
            _ => [],
        });
        return name switch
        {
            "defined" => value is not Undefined,
            "undefined" => value is Undefined,
            "none" => value is null,
            "true" => value is true,
            "false" => value is false,
            "boolean" => value is bool,
            "integer" => value is long,
            "float" => value is double,
            "number" => value is bool or long or double,
            "string" => value is string,
            "mapping" => value is TemplateMap,
            "sequence" => value is string or TemplateList or TemplateMap,
            "iterable" => value is string or TemplateList or TemplateMap or Undefined,
            "callable" => value is ITemplateCallable,
            "odd" => Modulo(run, place, value, 2) == 1,
            "even" => Modulo(run, place, value, 2) == 0,
            "divisibleby" => Modulo(run, place, value, given.Get(0, "num", null)) == 0,
            "upper" => value is string text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
            "lower" => value is string text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
            "in" => TemplateArithmetic.Compare(run, place, value, "in", given.Get(0, "seq", null)),
            "eq" or "equalto" or "==" => TemplateArithmetic.Compare(run, place, value, "==", given.Get(0, "other", null)),
            "ne" or "!=" => TemplateArithmetic.Compare(run, place, value, "!=", given.Get(0, "other", null)),
            "lt" or "lessthan" or "<" => TemplateArithmetic.Compare(run, place, value, "<", given.Get(0, "other", null)),
            "le" or "<=" => TemplateArithmetic.Compare(run, place, value, "<=", given.Get(0, "other", null)),
            "gt" or "greaterthan" or ">" => TemplateArithmetic.Compare(run, place, value, ">", given.Get(0, "other", null)),
            "ge" or ">=" => TemplateArithmetic.Compare(run, place, value, ">=", given.Get(0, "other", null)),
            "sameas" => Equals(value, given.Get(0, "other", null)), // lists and mappings are the same only as themselves
            _ => throw run.Refuse(place, $"there is no test '{name}'", "expected one that chat templates use", "use another template"),
        };
    }

    private static long Modulo(TemplateRun run, int place, object? value, object? divisor) => divisor switch
    {
        int small => Modulo(run, place, value, (long)small),
        _ => TemplateArithmetic.Apply(run, place, value, "%", divisor) is long rest ? rest
            : throw run.Refuse(place, $"{TemplateValue.Describe(value)} is neither odd nor even", "expected a whole number"),
    };
}
