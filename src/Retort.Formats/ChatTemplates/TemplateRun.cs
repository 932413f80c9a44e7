using System.Text;

namespace Retort.Formats.ChatTemplates;

/// <summary>Names and their values, seen from inside a loop or macro outwards.</summary>
internal sealed class TemplateScope(TemplateScope? outer)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public void Set(string name, object? value) => _values[name] = value;

    public object? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._values.TryGetValue(name, out var value)) return value;
        return new Undefined($"'{name}'");
    }

    private TemplateScope? Outer => outer;
}

/// <summary>
/// One rendering. A template is a program of somebody else's, so it gets a number of steps, of characters and of depth, and an error
/// when it wants more.
/// </summary>
internal sealed class TemplateRun(TemplateSource source, TemplateScope scope, TimeProvider time)
{
    public const int MostSteps = 2_000_000, Deepest = 600;
    public const long MostCharacters = 1L << 25;

    private int _steps, _depth;
    private long _characters;
    private StringBuilder _output = new();

    public TemplateScope Scope { get; set; } = scope;
    public TimeProvider Time => time;

    public void Enter(int place)
    {
        Step(place);
        if (++_depth > Deepest) throw Refuse(place, $"the template is nested more than {Deepest} deep", "expected less", Hostile);
    }

    public void Leave() => _depth--;

    public void Step(int place, long steps = 1)
    {
        if (steps > MostSteps || (_steps += (int)steps) > MostSteps)
            throw Refuse(place, $"the template takes more than {MostSteps} steps", "expected less", Hostile);
    }

    /// <summary>Accounts for looking for a part of a text before it is looked for; at worst it is compared at every place.</summary>
    public void Search(int place, string text, string part) => Step(place, 1 + text.Length / 64L * (1 + part.Length / 64L));

    /// <summary>Accounts for text before it is made.</summary>
    public void Make(int place, long characters)
    {
        if (characters > MostCharacters || (_characters += characters) > MostCharacters)
            throw Refuse(place, $"the template makes more than {MostCharacters} characters", "expected less", Hostile);
    }

    public void Write(int place, string text)
    {
        Make(place, text.Length);
        _output.Append(text);
    }

    /// <summary>What an action writes, instead of writing it.</summary>
    public string Capture(Action action)
    {
        var outside = _output;
        _output = new StringBuilder();
        action();
        var written = _output.ToString();
        _output = outside;
        return written;
    }

    public string Output() => _output.ToString();

    public FormatException Refuse(int place, string what, string expected = "", string remedy = "") =>
        source.Refuse(place, what, expected, remedy);

    private const string Hostile = "it may be hostile: use another template";
}
