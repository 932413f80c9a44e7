using System.Globalization;
using Retort.Objectives;

namespace Retort.Recipes;

/// <summary>The exact objective of a recipe as a formula, printed before each run.</summary>
public static class ObjectiveFormula
{
    public static string Describe(Recipe recipe)
    {
        var own = Describe(recipe, recipe.Student.Objective, recipe.Data.IsLanguage
            ? recipe.Labels.Kind == "text" ? "the next token of the teacher's answer"
                : recipe.Labels.Kind == "judged" ? "the next token of the best of the student's own answers" : "the next token of the data's text"
            : recipe.Labels.Kind == "hard" ? "the teacher's class" : "the true class",
            recipe.Data.IsLanguage ? "the tokens that are to be said" : "examples");
        return recipe.Pretraining is not { } first ? own
            : $"{own}; and before that {Describe(recipe, first.Objective, "the token under the mask", "masked tokens")}";
    }

    private static string Describe(Recipe recipe, IReadOnlyList<ObjectiveRecipe> objective, string truth, string over)
    {
        var terms = objective.Where(term => Math.Max(term.Weight.From, term.Weight.To) > 0)
            .Select(term => (Term: term, Known: Catalog.Objective(term.Name, "objective"))).ToList();
        var temperatures = terms.Where(part => part.Known.UsesTemperature).Select(part => part.Term.Temperature).Distinct().ToList();
        var sum = terms.Select(part => $"{Weight(part.Term.Weight)}{Formula(part.Term, part.Known, temperatures)}");
        var notes = new List<string>();
        for (var index = 0; index < temperatures.Count; index++)
            notes.Add($"{Symbol(index, temperatures.Count)} = {Number(temperatures[index])}");
        if (terms.Find(part => part.Term.Name == "hard-label").Term is { } hard)
        {
            notes.Add("y = " + truth);
            if (hard.Value("labelSmoothing") is not "0" and var smoothing) notes.Add($"y smoothed by {smoothing}");
        }

        if (terms.Exists(part => part.Known.ReadsNumber))
            notes.Add($"y = the true {(recipe.Data.Target.Length > 0 ? recipe.Data.Target : "y")}, less its mean, by its deviation");

        notes.AddRange(terms.SelectMany(part => part.Known.Keys.Where(key => key.Symbol.Length > 0)
            .Select(key => $"{key.Symbol} = {part.Term.Value(key.Name)} is {key.Meaning}")));
        notes.AddRange(terms.SelectMany(part => part.Term.Features)
            .Distinct()
            .Select(pair => $"F: student's {pair.Student} and teacher's {pair.Teacher}"));
        if (recipe.Labels.Kind == "top-k")
        {
            notes.AddRange(terms.Where(part => part.Known.Keys.Any(key => key.Name == "tail")).Take(1)
                .Select(part => $"teacher's top-k labels keep {recipe.Labels.Keep}, tail: {part.Term.Value("tail")}"));
        }

        if (recipe.Student.OnPolicy is { } answered)
            notes.Add($"in a share {Number(answered.Share)} of the updates on answers that the {answered.Source} writes anew");
        if (recipe.Data.Transfer is { } transfer)
            notes.Add($"rows: training rows and {transfer}, relabel {transfer.Relabel}: "
                + (transfer.Relabel == "all" ? "the teacher labels all of them" : "training rows keep their class"));
        return $"L = {string.Join(" + ", sum)}{(notes.Count > 0 ? ", " : "")}{string.Join(", ", notes)}; mean over {over}";
    }

    private static string Weight(ScheduleRecipe weight) => weight.From == weight.To
        ? weight.From == 1 ? "" : Text(weight.From) + "·"
        : $"({Number(weight)})·";

    private static string Formula(ObjectiveRecipe term, ObjectiveEntry known, List<ScheduleRecipe> temperatures)
    {
        var formula = known.FormulaOf?.Invoke(term) ?? known.Formula;
        if (!known.UsesTemperature) return formula;
        if (term.Temperature is { From: 1, To: 1 } && temperatures.Count == 1)
            return formula.Replace("T²·", "", StringComparison.Ordinal).Replace("^T", "", StringComparison.Ordinal);
        return formula.Replace("T²", Symbol(temperatures.IndexOf(term.Temperature), temperatures.Count) + "²", StringComparison.Ordinal)
            .Replace("^T", "^" + Symbol(temperatures.IndexOf(term.Temperature), temperatures.Count), StringComparison.Ordinal);
    }

    private static string Symbol(int index, int count) => count == 1 ? "T" : "T" + "₁₂₃₄₅₆₇₈₉"[Math.Min(index, 8)];

    private static string Number(ScheduleRecipe schedule) => schedule.From == schedule.To
        ? Text(schedule.From)
        : $"{Text(schedule.From)} → {Text(schedule.To)} {schedule.Kind}{(schedule.Until < 1 ? $" until {Text(schedule.Until)}" : "")}";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
