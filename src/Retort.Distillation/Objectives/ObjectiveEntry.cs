using System.Globalization;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Objectives;

/// <summary>
/// What an objective takes: one of these from the labels; or hidden values of a teacher, or each teacher for itself, in the loop.
/// </summary>
[Flags]
public enum Needs
{
    None = 0, HardLabels = 1, TopLogits = 2, DenseLogits = 4, Features = 8, EachTeacher = 16, SampledLogits = 32,

    /// <summary>Texts that the student writes, and a teacher in the loop that reads them.</summary>
    OwnAnswers = 64,

    /// <summary>A teacher in the loop that reads the same text in other tokens.</summary>
    Spans = 128,

    /// <summary>Pairs of answers of which one is preferred, and a teacher in the loop that they are held against.</summary>
    Pairs = 256,

    /// <summary>Several answers to a prompt and how they rank, and a teacher in the loop: who wrote them.</summary>
    Ranked = 512,
}

/// <summary>A key of one objective, beside its weight and its temperature: a number in a range, or one of a few words.</summary>
/// <param name="Name">As a recipe writes it.</param>
/// <param name="Default">Its value when the recipe says nothing, as text.</param>
/// <param name="Reason">Why that is the default.</param>
public sealed record ObjectiveKey(string Name, string Default, string Reason)
{
    public NumberRange Range { get; private init; }

    /// <summary>Empty for a number.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>Its letter in the formula, and what that letter is; empty when the formula does not show it.</summary>
    public string Symbol { get; init; } = "";
    public string Meaning { get; init; } = "";

    public static ObjectiveKey Number(string name, double otherwise, NumberRange range, string reason) =>
        new(name, otherwise.ToString("R", CultureInfo.InvariantCulture), reason) { Range = range };

    public static ObjectiveKey Choice(string name, IReadOnlyList<string> choices, string reason) =>
        new(name, choices[0], reason) { Choices = choices };
}

/// <summary>An objective that recipes may name. It stands in the objective's own file; the catalogue lists it.</summary>
/// <param name="Name">As a recipe writes it.</param>
/// <param name="Title">For people, the usual abbreviation first.</param>
/// <param name="Paper">Where it comes from.</param>
/// <param name="Formula">The term; T is its temperature, other letters are its keys'.</param>
/// <param name="Needs">What it takes; one flag is enough.</param>
/// <param name="Create">From the recipe's numbers to the objective.</param>
public sealed record ObjectiveEntry(string Name, string Title, string Paper, string Formula, Needs Needs,
    Func<ObjectiveContext, Objective> Create)
{
    public const Needs AnyLogits = Needs.TopLogits | Needs.DenseLogits;

    /// <summary>A teacher answers it, about each token.</summary>
    public bool AsksTheTeacher => (Needs & (AnyLogits | Needs.OwnAnswers | Needs.Spans | Needs.Pairs | Needs.Ranked)) != 0;

    /// <summary>It compares what the models say of a text, whatever their tokens are.</summary>
    public bool AcrossTokenizers { get; init; }

    /// <summary><c>hardWeight</c> or <c>softWeight</c>.</summary>
    public string WeightKey { get; init; } = "softWeight";
    public IReadOnlyList<ObjectiveKey> Keys { get; init; } = [];

    /// <summary>The formula where a key's value changes its form; null = always <see cref="Formula"/>.</summary>
    public Func<ObjectiveRecipe, string>? FormulaOf { get; init; }

    /// <summary>Fewest classes it can work with.</summary>
    public int LeastClasses { get; init; } = 1;

    /// <summary>It reads the true class, or the true number.</summary>
    public bool UsesClass { get; init; }

    /// <summary>
    /// It works where a model answers one number in place of classes: it reads no class and no softmax. What compares hidden values does.
    /// </summary>
    public bool OfNumbers
    {
        get => field || (Needs == Needs.Features && !UsesClass && !ComparesLast && Watches is null);
        init;
    }

    /// <summary>It reads the true number, which data of classes do not have.</summary>
    public bool ReadsNumber => OfNumbers && UsesClass;

    /// <summary>It weighs a token by the probability that it was drawn with.</summary>
    public bool WeighsDraws { get; init; }

    /// <summary>It remembers each row of the data.</summary>
    public bool RemembersRows { get; init; }

    /// <summary>It compares neighbours: data of source graph, and a student that sees them.</summary>
    public bool OnGraph { get; init; }

    /// <summary>Fewest teachers it can work with.</summary>
    public int LeastTeachers { get; init; } = 1;

    /// <summary>Dimensions of the hidden values it can compare: 3 = maps only; 0 = any.</summary>
    public int TapRank { get; init; }

    /// <summary>Pairs of hidden values that it compares at once; 0 = as many as are named.</summary>
    public int PairCount { get; init; }

    /// <summary>Hidden values of the student that it looks at by itself, of those a model has; null = none.</summary>
    public Func<IReadOnlyList<string>, IEnumerable<string>>? Watches { get; init; }

    /// <summary>It compares the values before the last layers of the student and of every teacher.</summary>
    public bool ComparesLast { get; init; }

    /// <summary>Its key that T may not exceed; empty = T has no such bound.</summary>
    public string TemperatureLimit { get; init; } = "";

    /// <summary>How its temperature moves where a comparison chooses it; null = it is plain distillation's.</summary>
    public ScheduleRecipe? Cooling { get; init; }

    public bool UsesTemperature => Formula.Contains('T', StringComparison.Ordinal);

    /// <summary>The letters that others call it by: what stands before the colon of its title.</summary>
    public string Abbreviation => Title.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? Title[..end] : "";

    /// <exception cref="RetortException">It has no such key.</exception>
    public ObjectiveKey Key(string name) =>
        Keys.FirstOrDefault(key => key.Name == name) ?? throw new RetortException(Name, $"has no key '{name}'.");
}
