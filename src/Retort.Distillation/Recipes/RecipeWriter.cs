using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Retort.Recipes;

/// <summary>
/// The resolved recipe: every value written out, each default with its reason. What <see cref="RecipeReader"/> reads from it is the
/// same recipe. Empty texts and lists, and conditions that are not asked, are left out.
/// </summary>
public sealed partial class RecipeWriter
{
    private readonly StringBuilder _text = new();
    private readonly bool _withReasons;

    private RecipeWriter(bool withReasons) => _withReasons = withReasons;

    public static string Write(Recipe recipe) => Write(recipe, withReasons: true);

    /// <summary>
    /// SHA-256 of the resolved text without its comments, hexadecimal. What labels.accept lifts is left out: the run goes on with the
    /// labels that it has. So are the caps of asking: a run that they stopped goes on with others.
    /// </summary>
    public static string Hash(Recipe recipe)
    {
        recipe = recipe with
        {
            Labels = recipe.Labels with { Accept = null, Answers = WithoutCaps(recipe.Labels.Answers) },
            Teacher = recipe.Teacher with { Members = [.. recipe.Teacher.Members.Select(WithoutCaps)] },
        };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(recipe, withReasons: false))));
    }

    private static TeacherMember WithoutCaps(TeacherMember member) => member with { Chat = WithoutCaps(member.Chat) };

    private static AnswersRecipe? WithoutCaps(AnswersRecipe? answers) =>
        answers is null ? null : answers with { Rewriter = WithoutCaps(answers.Rewriter) };

    private static ChatRecipe? WithoutCaps(ChatRecipe? chat) =>
        chat is null ? null : chat with { MaxUsd = null, MaxTokens = null, Concurrency = 1 };

    private static string Write(Recipe recipe, bool withReasons)
    {
        var writer = new RecipeWriter(withReasons);
        if (withReasons) writer._text.Append("# Resolved: every default is written out, with its reason.\n");
        writer.Record(recipe, 0);
        return writer._text.ToString();
    }

    private void Record(object record, int indent)
    {
        foreach (var member in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!member.CanWrite || member.GetValue(record) is not { } value || !Belongs(record, member.Name)) continue;
            if (value is IReadOnlyList<Setting>) Settings((ObjectiveRecipe)record, indent);
            else Member(KeyOf(record, member.Name), value, record.GetType().Name, indent);
        }
    }

    private void Member(string key, object value, string owner, int indent)
    {
        if (value is "" || (value is IList { Count: 0 } && key != "export")) return;
        if (Inline(value) is { } inline)
        {
            var reason = _withReasons ? Reasons.Of($"{owner}.{key}", inline) : null;
            Line(indent, $"{key}: {inline}", reason);
        }
        else if (value is IEnumerable items)
        {
            Line(indent, key + ":");
            foreach (var item in items) Item(item, indent);
        }
        else
        {
            Line(indent, key + ":");
            Record(value, indent + 1);
        }
    }

    private void Settings(ObjectiveRecipe term, int indent)
    {
        foreach (var key in Catalog.Objective(term.Name, "objective").Keys)
        {
            var value = term.Value(key.Name);
            Line(indent, $"{key.Name}: {value}", _withReasons && value == key.Default ? "default: " + key.Reason : null);
        }
    }

    /// <summary>The first key of an item stands behind its dash.</summary>
    private void Item(object item, int indent)
    {
        var start = _text.Length;
        Record(item, indent + 2);
        var dash = start + (indent + 1) * 2;
        _text[dash] = '-';
    }

    private void Line(int indent, string text, string? reason = null)
    {
        _text.Append(' ', indent * 2).Append(text);
        if (reason is not null) _text.Append("  # ").Append(reason);
        _text.Append('\n');
    }

    /// <summary>Text on one line; null when the value needs lines of its own.</summary>
    private static string? Inline(object value) => value switch
    {
        string text => Quote(text),
        bool flag => flag ? "true" : "false",
        double number => Format(number),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        ScheduleRecipe { Kind: "constant" } schedule => Format(schedule.From),
        ScheduleRecipe schedule =>
            $"{{kind: {schedule.Kind}, from: {Format(schedule.From)}, to: {Format(schedule.To)}{(schedule.Until < 1 ? $", until: {Format(schedule.Until)}" : "")}}}",
        IReadOnlyList<FeaturePair> pairs =>
            $"[{string.Join(", ", pairs.Select(pair => $"{{student: {Quote(pair.Student)}, teacher: {Quote(pair.Teacher)}}}"))}]",
        IReadOnlyList<RowCondition> rule =>
            $"{{{string.Join(", ", rule.Select(one => $"{one.Field}: [{string.Join(", ", one.Values.Select(Quote))}]"))}}}",
        IEnumerable<int> or IEnumerable<double> or IEnumerable<string> =>
            $"[{string.Join(", ", ((IEnumerable)value).Cast<object>().Select(Inline))}]",
        _ => null,
    };

    private static string Format(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string text) => Simple().IsMatch(text) && text is not ("true" or "false" or "null")
        ? text
        : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_./-]*$")]
    private static partial Regex Simple();

    private static string KeyOf(object record, string member) => record is ObjectiveRecipe term && member == nameof(ObjectiveRecipe.Weight)
        ? Catalog.Objective(term.Name, "objective").WeightKey
        : char.ToLowerInvariant(member[0]) + member[1..];

    /// <summary>A term writes only the keys that its formula has, a model, a teacher and a source only those of their kind.</summary>
    private static bool Belongs(object record, string member) => (record, member) switch
    {
        (ObjectiveRecipe term, nameof(ObjectiveRecipe.Temperature)) => Catalog.Objective(term.Name, "objective").UsesTemperature,
        (TeacherMember teacher, nameof(TeacherMember.Snapshots)) => teacher.Source == "train",
        (TeacherMember teacher, nameof(TeacherMember.Decay)) => teacher.Source == "own-average",
        (ModelRecipe { Kind: "onnx" }, _) => member is nameof(ModelRecipe.Kind) or nameof(ModelRecipe.Path),
        (ModelRecipe { From: not null } part, _) =>
            member is nameof(ModelRecipe.Kind) or nameof(ModelRecipe.From) or nameof(ModelRecipe.Hidden)
            || (member == nameof(ModelRecipe.Width) && part.Width > 0) || (member == nameof(ModelRecipe.Layers) && part.Layers > 0)
            || (member == nameof(ModelRecipe.Heads) && part.Heads > 0),
        (ModelRecipe { Kind: "gpt" }, _) => member is nameof(ModelRecipe.Kind) or nameof(ModelRecipe.Hidden) or nameof(ModelRecipe.Heads)
            or nameof(ModelRecipe.Width) or nameof(ModelRecipe.Layers) or nameof(ModelRecipe.KeyValueHeads)
            or nameof(ModelRecipe.Positions) or nameof(ModelRecipe.TiedHead),
        (ModelRecipe { Kind: "bert" }, _) => member is nameof(ModelRecipe.Kind) or nameof(ModelRecipe.Hidden) or nameof(ModelRecipe.Heads)
            or nameof(ModelRecipe.Width) or nameof(ModelRecipe.Layers) or nameof(ModelRecipe.Vocabulary)
            or nameof(ModelRecipe.Embedding),
        (ModelRecipe { Kind: "hashed-n-grams" }, _) => member is nameof(ModelRecipe.Kind) or nameof(ModelRecipe.Hidden)
            or nameof(ModelRecipe.Width) or nameof(ModelRecipe.Dropout) or nameof(ModelRecipe.Vocabulary),
        (ModelRecipe, nameof(ModelRecipe.Vocabulary) or nameof(ModelRecipe.Embedding)) => false,
        (ModelRecipe, nameof(ModelRecipe.Width) or nameof(ModelRecipe.Layers) or nameof(ModelRecipe.KeyValueHeads)
            or nameof(ModelRecipe.Positions) or nameof(ModelRecipe.TiedHead)) => false,
        (ModelRecipe model, nameof(ModelRecipe.Heads)) => model.Kind == "gat",
        (JudgeRecipe judge, nameof(JudgeRecipe.Tie)) => judge.By == "score",
        (LabelRecipe labels, nameof(LabelRecipe.Draws)) => labels.Draws > 0,
        (DataRecipe data, nameof(DataRecipe.Check)) => data.Source is "text" or "traces",
        (DataRecipe data, nameof(DataRecipe.CommandSeconds)) => data.Check == "command",
        (DataRecipe data, nameof(DataRecipe.Thought)) => data.Source == "traces",
        (DataRecipe data, nameof(DataRecipe.Vocabulary)) => data.Source is "text" or "traces" or "preferences" || data.IsTextClasses,
        (DataRecipe data, nameof(DataRecipe.ContextLength)) => data.IsLanguage || data.IsTextClasses,
        (DataRecipe data, nameof(DataRecipe.TooLong)) => data.Source == "text" || data.IsTextClasses,
        (DataRecipe data, nameof(DataRecipe.Leaks)) => data.Source is "text" or "traces" || data.IsTextClasses,
        (DataRecipe data, nameof(DataRecipe.CorpusTexts)) => data.Corpora.Count > 0,
        (DataRecipe data, nameof(DataRecipe.Disturbed)) => data.IsTextClasses,
        (DataRecipe data, nameof(DataRecipe.Hashed)) => data.IsHashed,
        (StudentRecipe student, nameof(StudentRecipe.Calibrated)) => student.Calibrated,
        (DataRecipe data, nameof(DataRecipe.Terms) or nameof(DataRecipe.TestTerms) or nameof(DataRecipe.Steps)) =>
            data.Source == "arithmetic",
        (DataRecipe data, nameof(DataRecipe.Prompts)) => data.IsDrawnText,
        (DataRecipe { IsLanguage: true }, nameof(DataRecipe.Labelled) or nameof(DataRecipe.TransferShare)) => false,
        (DataRecipe data, nameof(DataRecipe.Task)) => data.IsTable,
        (DataRecipe data, nameof(DataRecipe.NormaliseRows) or nameof(DataRecipe.Hidden)) => data.Source == "graph",
        (DataRecipe data, nameof(DataRecipe.Images)) => data.Source == "spoken-digits",
        (DataRecipe data, nameof(DataRecipe.TeacherTrain)) => data.Source == "spoken-digits" || data.IsDrawnText,
        (DataRecipe data, nameof(DataRecipe.Labelled) or nameof(DataRecipe.Train) or nameof(DataRecipe.Validation)
            or nameof(DataRecipe.Test)) => data.Source != "graph",
        _ => true,
    };
}
