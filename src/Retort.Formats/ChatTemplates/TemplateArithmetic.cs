namespace Retort.Formats.ChatTemplates;

/// <summary>Operators of two values. Whole numbers have 64 bits, and what does not fit is an error.</summary>
internal static class TemplateArithmetic
{
    public static object? Apply(TemplateRun run, int place, object? left, string sign, object? right)
    {
        if (sign == "~") return Concatenate(run, place, PythonText.Of(run, place, left), PythonText.Of(run, place, right));
        if (left is bool first) left = first ? 1L : 0L;
        if (right is bool second) right = second ? 1L : 0L;
        try
        {
            return (left, sign, right) switch
            {
                (string a, "+", string b) => Concatenate(run, place, a, b),
                (TemplateList a, "+", TemplateList b) => Add(run, place, a, b),
                (string a, "*", long b) => Repeat(run, place, a, b),
                (long a, "*", string b) => Repeat(run, place, b, a),
                (long a, _, long b) => Whole(run, place, a, sign, b),
                (long or double, _, long or double) => Real(run, place, TemplateValue.Number(left), sign, TemplateValue.Number(right)),
                _ => throw run.Refuse(place, $"{TemplateValue.Describe(left)} {sign} {TemplateValue.Describe(right)} means nothing",
                    "expected two texts, two lists or two numbers"),
            };
        }
        catch (OverflowException)
        {
            throw run.Refuse(place, $"{left} {sign} {right} has more than 64 bits", "expected less");
        }
    }

    public static bool Compare(TemplateRun run, int place, object? left, string sign, object? right)
    {
        run.Step(place, 1 + Size(left) + Size(right));
        return sign switch
        {
            "==" => TemplateValue.AreEqual(run, place, left, right),
            "!=" => !TemplateValue.AreEqual(run, place, left, right),
            "in" => Contains(run, place, right, left),
            "not in" => !Contains(run, place, right, left),
            "<" => Order(run, place, left, right) < 0,
            "<=" => Order(run, place, left, right) <= 0,
            ">" => Order(run, place, left, right) > 0,
            _ => Order(run, place, left, right) >= 0,
        };
    }

    public static int Order(TemplateRun run, int place, object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (long a, long b) => a.CompareTo(b),
        (bool or long or double, bool or long or double) => TemplateValue.Number(left).CompareTo(TemplateValue.Number(right)),
        _ => throw run.Refuse(place, $"{TemplateValue.Describe(left)} and {TemplateValue.Describe(right)} have no order",
            "expected two texts or two numbers"),
    };

    public static bool Contains(TemplateRun run, int place, object? container, object? item) => (container, item) switch
    {
        (string text, string part) => Find(run, place, text, part),
        (TemplateList list, _) => list.Any(element => TemplateValue.AreEqual(run, place, element, item)),
        (TemplateMap map, string key) => TemplateAccess.TryGet(run, place, map, key, out _),
        (TemplateMap or Undefined, _) => false,
        _ => throw run.Refuse(place, $"{TemplateValue.Describe(item)} cannot be in {TemplateValue.Describe(container)}",
            "expected a list, a mapping, or a text in a text"),
    };

    private static bool Find(TemplateRun run, int place, string text, string part)
    {
        run.Search(place, text, part);
        return text.Contains(part, StringComparison.Ordinal);
    }

    /// <summary>Steps that going through a value takes.</summary>
    public static long Size(object? value) => value switch
    {
        string text => text.Length / 64,
        TemplateList list => list.Count,
        TemplateMap map => map.Count,
        _ => 0,
    };

    private static string Concatenate(TemplateRun run, int place, string left, string right)
    {
        run.Make(place, (long)left.Length + right.Length);
        return left + right;
    }

    private static TemplateList Add(TemplateRun run, int place, TemplateList left, TemplateList right)
    {
        run.Step(place, (long)left.Count + right.Count);
        return new TemplateList(left.Concat(right), left.IsTuple);
    }

    private static string Repeat(TemplateRun run, int place, string text, long count)
    {
        if (count <= 0 || text.Length == 0) return "";
        run.Make(place, count > TemplateRun.MostCharacters ? count : text.Length * count);
        return string.Concat(Enumerable.Repeat(text, (int)count));
    }

    private static object Whole(TemplateRun run, int place, long left, string sign, long right) => sign switch
    {
        "+" => checked(left + right),
        "-" => checked(left - right),
        "*" => checked(left * right),
        "/" => left / (double)Divisor(run, place, right),
        "//" => Floor(left, Divisor(run, place, right)),
        "%" => checked(left - Floor(left, Divisor(run, place, right)) * right),
        _ => Power(left, right),
    };

    private static object Power(long left, long right)
    {
        if (right < 0) return Math.Pow(left, right);
        var product = 1L;
        for (var factor = left; right > 0; right >>= 1)
        {
            if ((right & 1) == 1) product = checked(product * factor);
            if (right > 1) factor = checked(factor * factor);
        }
        return product;
    }

    private static object Real(TemplateRun run, int place, double left, string sign, double right) => sign switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / Divisor(run, place, right),
        "//" => Math.Floor(left / Divisor(run, place, right)),
        "%" => left - Math.Floor(left / Divisor(run, place, right)) * right,
        _ => Math.Pow(left, right),
    };

    private static T Divisor<T>(TemplateRun run, int place, T divisor) where T : System.Numerics.INumber<T> =>
        T.IsZero(divisor) ? throw run.Refuse(place, "this divides by 0", "expected another divisor") : divisor;

    private static long Floor(long left, long right)
    {
        var quotient = checked(left / right);
        return left % right != 0 && left < 0 != right < 0 ? quotient - 1 : quotient;
    }
}
