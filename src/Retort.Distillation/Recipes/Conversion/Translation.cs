using Retort.Tensors;

namespace Retort.Recipes.Conversion;

/// <summary>A conversion under way: reads the one, writes the other, and keeps account of every key.</summary>
internal sealed class Translation(string tool, ForeignRecipe from)
{
    private readonly List<ConvertedKey> _keys = [];
    private readonly List<string> _meanings = [], _left = [];

    public ForeignRecipe From => from;
    public RecipeDraft Draft { get; } = Begun();

    /// <summary>A text that means the same here; nothing where neither file nor default says anything.</summary>
    /// <param name="foreign">Its key there.</param>
    /// <param name="ours">Its key here.</param>
    /// <param name="otherwise">What the other tool takes where the file does not say; null = nothing is written then.</param>
    public void Move(string foreign, string ours, string? otherwise = null)
    {
        var own = from.Text(foreign);
        if ((own ?? otherwise) is not { } value) return;
        Draft.Set(ours, value);
        Note(foreign, value, ours, own is null);
    }

    /// <summary>As <see cref="Move"/>, of a number, which it gives back; without default 0 where nothing is said.</summary>
    public double MoveNumber(string foreign, string ours, double? otherwise = null)
    {
        var own = from.Number(foreign);
        if ((own ?? otherwise) is not { } value) return 0;
        Draft.Set(ours, value);
        Note(foreign, RecipeDraft.Text(value), ours, own is null);
        return value;
    }

    /// <summary>A number that becomes part of something: it is read, and noted as what it became.</summary>
    public double Read(string foreign, double otherwise, string ours)
    {
        var own = from.Number(foreign);
        Note(foreign, RecipeDraft.Text(own ?? otherwise), ours, own is null);
        return own ?? otherwise;
    }

    /// <summary>As <see cref="Read"/>, of a temperature.</summary>
    /// <exception cref="RetortException">It is not above 0.</exception>
    public double ReadTemperature(string foreign, double otherwise, string ours)
    {
        var temperature = Read(foreign, otherwise, ours);
        return temperature > 0 ? temperature : throw new RetortException(from.FileName, $"{foreign} is {RecipeDraft.Text(temperature)}.",
            "expected a temperature above 0: logits are divided by it.");
    }

    /// <summary>As <see cref="Read"/>, of one of the words.</summary>
    /// <exception cref="RetortException">It is none of them.</exception>
    public string ReadWord(string foreign, string otherwise, string ours, params string[] words)
    {
        var own = from.Text(foreign);
        Note(foreign, own ?? otherwise, ours, own is null);
        return words.Contains(own ?? otherwise) ? own ?? otherwise
            : throw new RetortException(from.FileName, $"{foreign} is '{own}'.", $"expected one of: {string.Join(", ", words)}.");
    }

    /// <summary>As <see cref="Read"/>, of yes or no.</summary>
    public bool ReadFlag(string foreign, bool otherwise, string ours)
    {
        var own = from.Flag(foreign);
        Note(foreign, own ?? otherwise ? "true" : "false", ours, own is null);
        return own ?? otherwise;
    }

    /// <summary>A model or data set by its path, or by its name on the hub.</summary>
    /// <exception cref="RetortException">It is an empty text.</exception>
    public void MovePath(string foreign, string ours)
    {
        if (from.Text(foreign) is not { } path) return;
        if (path.Length == 0) throw new RetortException(from.FileName, $"{foreign} is ''.", "expected a path, or ORG/NAME on the hub.");
        var local = path[0] is '.' or '/' or '~' || path.Contains('\\') || path.Count(letter => letter == '/') != 1
            || Path.HasExtension(path) && Path.GetExtension(path) is ".jsonl" or ".json" or ".txt" or ".gguf" or ".parquet";
        var value = local ? path : "hf:" + path;
        Draft.Set(ours, value);
        Note(foreign, path, ours, isDefault: false);
    }

    /// <summary>A word or number that means something else here than there.</summary>
    public void Means(string sentence) => _meanings.Add(sentence);

    /// <summary>A key that has no place here, and why.</summary>
    public void Leave(string foreign, string why)
    {
        if (from.Text(foreign) is { } value) _left.Add($"{foreign} = {value}: {why}");
    }

    /// <summary>A choice that has no place here, though its key was read.</summary>
    public void LeaveValue(string foreign, string value, string why) => _left.Add($"{foreign} = {value}: {why}");

    /// <summary>Of a tool whose distilled loss at T ≠ 1 has no T².</summary>
    /// <param name="temperature">Of the loss.</param>
    /// <param name="who">The tool.</param>
    /// <returns>What a weight is divided by to repeat a loss that has no T².</returns>
    public double WithoutSquare(double temperature, string who)
    {
        if (temperature == 1) return 1;
        Means($"{who} does not multiply the distilled loss by T², and Retort does: softWeight is divided by T² = {RecipeDraft.Text(temperature * temperature)}.");
        return temperature * temperature;
    }

    /// <summary>The generalised JSD as TRL has it: β is the teacher's share; 0 and 1 are the two divergences, and not the limits.</summary>
    public void Divergence(double beta, double weight, double temperature)
    {
        var t = ("temperature", RecipeDraft.Text(temperature));
        if (beta == 0) Draft.Term("soft-label", weight, t);
        else if (beta == 1) Draft.Term("reverse-kl", weight, t);
        else
        {
            Draft.Term("jensen-shannon", weight, ("teacherWeight", RecipeDraft.Text(beta)), ("form", "plain"), t);
            Means("beta is the teacher's share in the mixture, as teacherWeight here (KDFlow's jsd_beta is the student's).");
            Means("form: plain is the divergence as that tool has it, which shrinks towards 0 at both ends of beta; Retort's default divides by beta(1 − beta).");
        }
        if (beta is 0 or 1) Means($"beta = {beta} is a case of its own there: {(beta == 0 ? "forward KL, which is soft-label here" : "reverse KL")}.");
    }

    /// <param name="name">Of our recipe.</param>
    public Conversion Finish(string name)
    {
        string[] left = [.. _left, .. from.Unread.Select(leaf => $"{leaf.Path} = {leaf.Value}")];
        var head = new List<string> { $"From {from.FileName}, a recipe of {tool}; retort convert wrote it." };
        head.AddRange(_meanings.Select(meaning => "means    " + meaning));
        head.AddRange(left.Select(key => "left out " + key));
        return new(tool, Draft.Yaml(name, head), _keys, _meanings, left);
    }

    /// <summary>What every recipe of a language model says.</summary>
    private static RecipeDraft Begun()
    {
        var draft = new RecipeDraft();
        draft.Set(LanguageKeys.DataSource, "text");
        draft.Set(LanguageKeys.TeacherSource, "checkpoint");
        draft.Set(LanguageKeys.StudentKind, "gpt");
        return draft;
    }

    private void Note(string foreign, string value, string ours, bool isDefault) => _keys.Add(new(foreign, value, ours, isDefault));
}
