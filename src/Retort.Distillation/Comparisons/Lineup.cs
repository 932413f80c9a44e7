using System.Globalization;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Comparisons;

/// <summary>
/// Who takes part: plain distillation and the controls always, then the recipe's own objective and the methods asked for.
/// </summary>
/// <param name="recipe">Model of the student, teachers.</param>
/// <param name="teacher">Model of the first teacher, for its hidden values.</param>
/// <param name="plain">T and hardWeight of all that have them.</param>
public sealed class Lineup(Recipe recipe, ModelRecipe? teacher, PlainSettings plain)
{
    /// <summary>Every objective of the catalogue that fits.</summary>
    public const string All = "all";
    private static readonly string[] Controls = ["equal-entropy-smoothing", "permuted-knowledge"];
    private static readonly string[] NotMethods = ["hard-label", "soft-label", .. Controls];

    /// <param name="methods">
    /// Names or abbreviations of objectives, each with a weight if wanted (<c>attention-transfer:1000</c>), or <see cref="All"/>.
    /// </param>
    /// <exception cref="RetortException">A name that is not known, or an objective that does not fit these models.</exception>
    public IReadOnlyList<Contender> Of(IReadOnlyList<string> methods)
    {
        var own = recipe.Student.Objective;
        List<Contender> lineup = [new("plain distillation", Role.Plain, PlainTerms())];
        if (!own.SequenceEqual(PlainTerms())) lineup.Add(new("as written", Role.Written, own));
        if (recipe.Labels.Kind is "soft" or "live") lineup.AddRange(Controls.Select(name => Named(name, Role.Control)));
        lineup.AddRange(methods is [All]
            ? Catalog.Objectives.Where(entry => !NotMethods.Contains(entry.Name) && Suits(entry))
                .Select(entry => Named(entry.Name, Role.Method))
            : methods.Select(name => Named(name, Role.Method)));
        if (lineup.GroupBy(contender => contender.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RetortException("--methods", $"'{twice.Key}' stands twice.",
                "each method once; controls and plain distillation always take part.");
        return lineup;
    }

    /// <summary>softWeight·soft-label(T) + hardWeight·hard-label.</summary>
    public IReadOnlyList<ObjectiveRecipe> PlainTerms() =>
        WithClass(Term(Catalog.Objective("soft-label", "--methods"), 1 - plain.HardWeight));

    private Contender Named(string text, Role role)
    {
        var parts = text.Split(':', 2);
        var entry = Known(parts[0]);
        double? weight = parts.Length == 1 ? null
            : double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new RetortException("--methods", $"'{text}' has the weight '{parts[1]}'.", "a number above 0, for instance dist:2.");
        return new Contender(text.Replace(parts[0], entry.Name, StringComparison.Ordinal), role, TermsOf(entry, weight));
    }

    private IReadOnlyList<ObjectiveRecipe> TermsOf(ObjectiveEntry entry, double? weight)
    {
        if (entry.WeightKey == "hardWeight") return [Term(entry, weight ?? 1)];
        if (!entry.Needs.HasFlag(Needs.Features)) return WithClass(Term(entry, weight ?? 1 - plain.HardWeight));
        var pairs = TapPairs.Of(recipe.Student.Model, teacher, entry);
        return [.. PlainTerms(), Term(entry, weight ?? 1) with { Features = pairs }];
    }

    private IReadOnlyList<ObjectiveRecipe> WithClass(ObjectiveRecipe soft) =>
        plain.HardWeight > 0 ? [soft, ObjectiveRecipe.HardLabel(0) with { Weight = Constant(plain.HardWeight) }] : [soft];

    private ObjectiveRecipe Term(ObjectiveEntry entry, double weight) => new()
    {
        Name = entry.Name,
        Weight = Constant(weight),
        Temperature = entry.UsesTemperature ? entry.Cooling ?? Constant(plain.Temperature) : new ScheduleRecipe(),
        Settings = [.. entry.Keys.Select(key => new Setting(key.Name, key.Default))],
    };

    private bool Suits(ObjectiveEntry entry)
    {
        if (recipe.Teacher.Members.Count < entry.LeastTeachers) return false;
        try
        {
            if (entry.Needs.HasFlag(Needs.Features)) TapPairs.Of(recipe.Student.Model, teacher, entry);
            RecipeCheck.Check(recipe with { Student = recipe.Student with { Objective = TermsOf(entry, null) } }, recipe.Name);
            return true;
        }
        catch (RetortException)
        {
            return false;
        }
    }

    /// <summary>By name, or by the usual abbreviation.</summary>
    private static ObjectiveEntry Known(string name) =>
        Catalog.Objectives.FirstOrDefault(entry => entry.Abbreviation.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? Catalog.Objective(name, "--methods");

    private static ScheduleRecipe Constant(double number) => new() { From = number, To = number };
}
