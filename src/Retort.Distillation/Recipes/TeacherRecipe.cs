namespace Retort.Recipes;

/// <summary>One or several teachers; several are averaged.</summary>
public sealed record TeacherRecipe
{
    public required IReadOnlyList<TeacherMember> Members { get; init; }

    /// <summary><c>probabilities</c> (default) or <c>logits</c>: what is averaged.</summary>
    public string Average { get; init; } = "probabilities";

    /// <summary><c>float32</c>, <c>bfloat16</c> or <c>int8</c>: what the frozen matrices are kept in while it answers.</summary>
    public string Storage { get; init; } = "float32";

    /// <summary>
    /// Texts: <c>shared</c>, the texts' tokens are the teacher's, or <c>own</c>: it reads the same texts in tokens of its own.
    /// </summary>
    public string Tokenizer { get; init; } = "shared";
    internal bool HasOwnTokenizer => Tokenizer == "own";

    /// <summary>They are not here: all there is of them is what they said.</summary>
    internal bool OnlySpeaks => Members.All(member => member.OnlySpeaks);
    public string Licence { get; init; } = "";

    /// <summary>What the student is for, which the teacher's terms may ask: <c>internal</c>, <c>distributed</c>, <c>sold</c>.</summary>
    public string Use { get; init; } = "internal";

    /// <summary>Who allowed it, and when, where the teacher's terms ask for that.</summary>
    public string Permission { get; init; } = "";
}

/// <summary>A teacher: trained here, or read from a checkpoint folder.</summary>
public sealed record TeacherMember
{
    /// <summary>
    /// <c>train</c>, <c>ensemble</c> (base models trained here), <c>checkpoint</c>, <c>onnx</c>, <c>peer</c>: another student that learns
    /// beside this one and from it, <c>own-average</c>: the moving average of the student's own weights, <c>recorded</c>: what it wrote
    /// stands in the data, or <c>chat</c>: it can only be asked.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>checkpoint: a folder with model.json and model.safetensors; onnx: an .onnx file.</summary>
    public string Path { get; init; } = "";

    /// <summary>onnx: what examples are multiplied by, 255 for a model of raw pixels; null = they go in as they are.</summary>
    public double? InputScale { get; init; }
    public ModelRecipe? Model { get; init; }
    public TrainingRecipe? Training { get; init; }

    /// <summary>ensemble: its size.</summary>
    public EnsembleRecipe? Ensemble { get; init; }

    /// <summary>recorded: whose texts of a row, where several wrote about it; chat: in notes. Empty = there is one.</summary>
    public string Name { get; init; } = "";

    /// <summary>recorded, chat: the rows that it teaches; empty = all that no member before it has.</summary>
    public IReadOnlyList<RowCondition> When { get; init; } = [];

    /// <summary>It is not here.</summary>
    internal bool OnlySpeaks => Source is "recorded" or "chat";

    /// <summary>chat: whom to ask, and what it may cost.</summary>
    public ChatRecipe? Chat { get; init; }
    public double Weight { get; init; } = 1;

    /// <summary>train: states kept along the way, evenly spaced, the last among them; the student is taught by each in turn.</summary>
    public int Snapshots { get; init; } = 1;

    /// <summary>own-average: what is left of the average after an update.</summary>
    public double Decay { get; init; } = 0.999;
}
