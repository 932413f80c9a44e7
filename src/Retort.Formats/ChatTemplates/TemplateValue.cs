using System.Text.Json;

namespace Retort.Formats.ChatTemplates;

/// <summary>What a name without a value stands for: prints nothing, is false, and has no attributes.</summary>
internal sealed record Undefined(string Name)
{
    public static Undefined Unnamed { get; } = new("a value");
}

/// <summary>A list, or a tuple, which differs from it only in print.</summary>
internal sealed class TemplateList(IEnumerable<object?> items, bool isTuple = false) : List<object?>(items)
{
    public bool IsTuple => isTuple;
}

/// <summary>A mapping from texts that keeps its order.</summary>
internal sealed class TemplateMap
{
    private readonly OrderedDictionary<string, object?> _entries = new(StringComparer.Ordinal);

    public object? this[string key]
    {
        set => _entries[key] = value;
    }

    public int Count => _entries.Count;
    public IEnumerable<KeyValuePair<string, object?>> Entries => _entries;

    public bool TryGet(string key, out object? value) => _entries.TryGetValue(key, out value);
}

/// <summary>namespace(…): the one thing whose attributes a template may set.</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}

/// <summary>Something that templates may call.</summary>
internal interface ITemplateCallable
{
    object? Call(TemplateRun run, int place, ArgumentValues arguments);
}

/// <summary>A function of ours.</summary>
internal sealed class TemplateFunction(Func<TemplateRun, int, ArgumentValues, object?> function) : ITemplateCallable
{
    public object? Call(TemplateRun run, int place, ArgumentValues arguments) => function(run, place, arguments);
}

/// <summary>
/// Values are null, <see cref="Undefined"/>, bool, long, double, string, <see cref="TemplateList"/>, <see cref="TemplateMap"/>,
/// <see cref="TemplateNamespace"/> and <see cref="ITemplateCallable"/>; nothing of .NET is within reach.
/// </summary>
internal static class TemplateValue
{
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => Map(json),
        JsonValueKind.Array => new TemplateList(json.EnumerateArray().Select(Of)),
        JsonValueKind.String => Text(json),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        long whole => whole != 0,
        double number => number != 0,
        string text => text.Length > 0,
        TemplateList list => list.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    /// <summary>Lists and mappings by their items; how deep they lie in each other is bounded as all nesting is.</summary>
    public static bool AreEqual(TemplateRun run, int place, object? left, object? right)
    {
        run.Enter(place);
        var equal = (left, right) switch
        {
            (null, null) or (Undefined, Undefined) => true,
            (string a, string b) => Paid(run, place, Math.Min(a.Length, b.Length) / 64) && a == b,
            (long a, long b) => a == b,
            (bool or long or double, bool or long or double) => Number(left) == Number(right),
            (TemplateList a, TemplateList b) => a.Count == b.Count
                && a.Zip(b).All(pair => AreEqual(run, place, pair.First, pair.Second)),
            (TemplateMap a, TemplateMap b) => a.Count == b.Count
                && a.Entries.All(entry => TemplateAccess.TryGet(run, place, b, entry.Key, out var other)
                    && AreEqual(run, place, entry.Value, other)),
            _ => ReferenceEquals(left, right),
        };
        run.Leave();
        return equal;
    }

    private static bool Paid(TemplateRun run, int place, long steps)
    {
        run.Step(place, steps);
        return true;
    }

    public static double Number(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long whole => whole,
        double number => number,
        _ => double.NaN,
    };

    /// <summary>For errors.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"{undefined.Name}, which is undefined,",
        bool => "a truth value",
        long or double => "a number",
        string => "a text",
        TemplateList => "a list",
        TemplateMap => "a mapping",
        TemplateNamespace => "a namespace",
        _ => "a function",
    };

    private static string? Text(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException error)
        {
            throw new FormatException("messages", "a text has half of a surrogate pair", "expected Unicode", "correct the messages", error);
        }
    }

    private static TemplateMap Map(JsonElement json)
    {
        var map = new TemplateMap();
        foreach (var member in json.EnumerateObject()) map[member.Name] = Of(member.Value);
        return map;
    }
}
