using System.Text.Json;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>A value of tokenizer.json that knows its place, for errors.</summary>
internal readonly record struct JsonField(JsonElement Element, string Place)
{
    private const int MostSteps = 32;
    private const string Remedy = "fetch the file again, or write it again with its own library";

    /// <summary>The value of "type".</summary>
    public string Type => Required("type").Text();

    /// <summary>The member, or null where it is absent or null.</summary>
    public JsonField? Optional(string name)
    {
        Expect(JsonValueKind.Object, "an object");
        return Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(value, $"{Place}.{name}") : null;
    }

    public JsonField Required(string name) => Optional(name) ?? throw Refuse($"there is no '{name}'", $"expected '{name}'");

    public IEnumerable<JsonField> Items()
    {
        Expect(JsonValueKind.Array, "a list");
        var place = Place;
        return Element.EnumerateArray().Select((item, index) => new JsonField(item, $"{place}[{index}]"));
    }

    public IEnumerable<(string Name, JsonField Value)> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        var place = Place;
        return Element.EnumerateObject().Select(member => (member.Name, new JsonField(member.Value, $"{place}.{member.Name}")));
    }

    /// <summary>The parts of a Sequence, and of those in it, in order; a part that is none is the only one.</summary>
    /// <param name="list">The member that has a sequence's parts.</param>
    public List<JsonField> Steps(string list)
    {
        var steps = new List<JsonField>();
        Collect(this);
        return steps;

        void Collect(JsonField field)
        {
            if (field.Type == "Sequence")
                foreach (var item in field.Required(list).Items()) Collect(item);
            else if (steps.Count == MostSteps) throw field.Refuse($"more than {MostSteps} {list} follow each other", $"expected {MostSteps}");
            else steps.Add(field);
        }
    }

    public string Text()
    {
        Expect(JsonValueKind.String, "a text");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse("this text is not Unicode: half of a surrogate pair", "expected whole characters");
        }
    }

    public string Text(string name, string otherwise) => Optional(name)?.Text() ?? otherwise;

    public bool Flag(string name, bool otherwise) => Optional(name) is not { } field ? otherwise : field.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw field.Refuse("this is neither true nor false", "expected one of them"),
    };

    public int Whole(int most) => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && value >= 0
        && value <= most ? value : throw Refuse($"this is {Short()}", $"expected a whole number from 0 to {most}");

    public int Whole(string name, int otherwise, int most) => Optional(name)?.Whole(most) ?? otherwise;

    public double Number() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out var value) && double.IsFinite(value)
        ? value : throw Refuse($"this is {Short()}", "expected a finite number");

    /// <summary>A text of one UTF-16 unit.</summary>
    public char Character() => Text() is [var only] ? only : throw Refuse($"this is {Short()}", "expected one character below U+10000");

    public FormatException Refuse(string what, string expected) => new(Place, what, expected, Remedy);

    /// <summary>What a part of this name cannot do here.</summary>
    public FormatException Unknown(string what, string known) =>
        new($"{Place}.type", $"'{Cut(Type)}' is no {what} that is read", $"expected {known}", "use a tokenizer made of these parts");

    /// <summary>A text as errors show it.</summary>
    public static string Cut(string text) => text.Length > 60 ? text[..60] + "…" : text;

    private void Expect(JsonValueKind kind, string expected)
    {
        if (Element.ValueKind != kind) throw Refuse($"this is {Short()}", $"expected {expected}");
    }

    private string Short() => Element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Cut(Element.GetRawText()),
    };
}
