using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What an objective takes from the labels; one of the flags is enough.</summary>
[Flags]
public enum Needs { None = 0, HardLabels = 1, TopLogits = 2, DenseLogits = 4 }

/// <summary>An objective that recipes may name.</summary>
/// <param name="Name">As a recipe writes it.</param>
/// <param name="Title">For people.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Formula">The term; T is its temperature, β its teacherWeight, ε its labelSmoothing.</param>
/// <param name="Needs">What it takes; one flag is enough.</param>
/// <param name="WeightKey"><c>hardWeight</c> or <c>softWeight</c>.</param>
public sealed record ObjectiveEntry(string Name, string Title, string Paper, string Formula, Needs Needs, string WeightKey)
{
    public bool UsesTemperature => Formula.Contains('T', StringComparison.Ordinal);
}

/// <summary>A name that recipes may use, and what it means.</summary>
public sealed record CatalogEntry(string Name, string Title);

/// <summary>A recipe inside this program.</summary>
public sealed record ShippedRecipe(string Name, string Text)
{
    public string FileName => Name + ".yaml";
}

/// <summary>The one closed list of names. A new objective is one line here.</summary>
public static class Catalog
{
    private const Needs Any = Needs.TopLogits | Needs.DenseLogits;

    public static IReadOnlyList<ObjectiveEntry> Objectives { get; } =
    [
        new("hard-label", "Cross-entropy against the class", "–", "CE(y, p_student)", Needs.HardLabels, "hardWeight"),
        new("soft-label", "Softened probabilities", "Hinton, Vinyals, Dean 2015, arXiv 1503.02531", "T²·KL(p_teacher^T ‖ p_student^T)", Any, "softWeight"),
        new("logit-regression", "Mean squared error of logits", "Ba, Caruana 2014, arXiv 1312.6184", "mean((z_student − z_teacher)²)", Needs.DenseLogits, "softWeight"),
        new("reverse-kl", "Mode-seeking divergence", "Gu et al. 2024 (MiniLLM), arXiv 2306.08543", "T²·KL(p_student^T ‖ p_teacher^T)", Needs.DenseLogits, "softWeight"),
        new("jensen-shannon", "Divergence from the mixture", "Agarwal et al. 2024 (GKD), arXiv 2306.13649", "T²·JSD_β(p_teacher^T, p_student^T)/(β(1−β))", Needs.DenseLogits, "softWeight"),
    ];

    public static IReadOnlyList<CatalogEntry> Models { get; } =
        [new("mlp", "Hidden layers of the widths in hidden"), new("conv-net", "Blocks of 3×3 convolution, batch norm, activation and pooling; channels in channels")];

    public static IReadOnlyList<CatalogEntry> Sources { get; } =
        [new("digits", "Digits drawn here, no file needed"), new("idx", "A folder in MNIST's layout, plain or .gz"), new("csv", "A table with a header, plain or .gz")];

    public static IReadOnlyList<CatalogEntry> TeacherSources { get; } =
        [new("train", "Trained here"), new("checkpoint", "A folder with model.json and model.safetensors")];

    public static IReadOnlyList<CatalogEntry> LabelKinds { get; } =
        [new("soft", "All logits"), new("top-k", "The largest probabilities and the mass of the rest"), new("hard", "The teacher's class only")];

    public static IReadOnlyList<CatalogEntry> Optimizers { get; } = [new("adamw", "AdamW"), new("sgd", "SGD with momentum")];

    public static IReadOnlyList<CatalogEntry> Schedules { get; } =
        [new("constant", "No change"), new("linear", "Straight to the end"), new("cosine", "Half a cosine to the end"), new("step", "In steps")];

    public static IReadOnlyList<CatalogEntry> Activations { get; } =
        [new("relu", "max(0, x)"), new("gelu", "x·Φ(x)"), new("silu", "x·σ(x)"), new("tanh", "tanh(x)")];

    public static IReadOnlyList<CatalogEntry> TailModes { get; } =
    [
        new("tailBucket", "The rest is one more class"), new("renormalise", "The kept classes are made to sum to one"),
        new("ignore", "The rest adds nothing"), new("uniformTail", "The rest is spread evenly"),
    ];

    public static IReadOnlyList<CatalogEntry> Averages { get; } = [new("probabilities", "Mean of probabilities"), new("logits", "Mean of logits")];

    public static IReadOnlyList<CatalogEntry> Exports { get; } = [new("safetensors", "Weights"), new("onnx", "ONNX graph")];

    public static IReadOnlyList<string> ShippedNames { get; } =
    [
        .. typeof(Catalog).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("recipes/", StringComparison.Ordinal) && name.EndsWith(".yaml", StringComparison.Ordinal))
            .Select(name => name["recipes/".Length..^".yaml".Length]).Order(StringComparer.Ordinal),
    ];

    /// <param name="name">As in <see cref="ShippedNames"/>, with or without <c>.yaml</c>.</param>
    /// <exception cref="RetortException">No such recipe is shipped.</exception>
    public static ShippedRecipe ReadShipped(string name)
    {
        var bare = name.EndsWith(".yaml", StringComparison.Ordinal) ? name[..^".yaml".Length] : name;
        if (!ShippedNames.Contains(bare))
            throw new RetortException("recipe", $"no recipe '{name}' is shipped, and no file has that name.", $"shipped: {string.Join(", ", ShippedNames)}.", NearestName.Suggest(bare, ShippedNames));
        using var stream = typeof(Catalog).Assembly.GetManifestResourceStream($"recipes/{bare}.yaml")!;
        using var reader = new StreamReader(stream);
        return new ShippedRecipe(bare, reader.ReadToEnd());
    }

    /// <exception cref="RetortException">The catalogue has no such objective.</exception>
    public static ObjectiveEntry Objective(string name, string location)
    {
        var names = Objectives.Select(entry => entry.Name).ToList();
        return Objectives.FirstOrDefault(entry => entry.Name == name)
            ?? throw new RetortException(location, $"there is no objective '{name}'.", $"expected one of: {string.Join(", ", names)}.", NearestName.Suggest(name, names));
    }

    public static IEnumerable<string> Names(this IReadOnlyList<CatalogEntry> entries) => entries.Select(entry => entry.Name);
}
