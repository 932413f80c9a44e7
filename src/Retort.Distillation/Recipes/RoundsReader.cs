using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What a recipe says about rounds, and about who judges in them.</summary>
internal static class RoundsReader
{
    private const string OfPairs = "Question:\n{prompt}\n\nAnswer A:\n{first}\n\nAnswer B:\n{second}\n\nWhich answer is better? Say A, B or tie, and nothing else.",
        OfScores = "Question:\n{prompt}\n\nAnswer:\n{answer}\n\nHow good is the answer, from 1, useless, to 9, perfect? Say one digit, and nothing else.";

    /// <summary>One token each wherever there are digits.</summary>
    private static readonly string[] Digits = [.. Enumerable.Range(1, 9).Select(digit => $"{digit}")];

    /// <param name="student">The student's section.</param>
    /// <returns>Null where there are none.</returns>
    public static RoundsRecipe? Rounds(Section student)
    {
        if (student.Entry("rounds") is not { } entry) return null;
        var section = Section.Of<RoundsRecipe>(entry, "student.rounds");
        var training = ModelReader.Training(section.Entry("training"), "student.rounds.training");
        var usual = new RoundsRecipe { Training = training, Judge = Judge(section) };
        return usual with
        {
            Count = section.Integer("count", usual.Count, 1, 1000),
            Prompts = section.Integer("prompts", usual.Prompts, 0, 100_000_000),
            Answers = section.Integer("answers", usual.Answers, 2, 1000),
            HeldOut = section.Integer("heldOut", usual.HeldOut, 1, 1000),
            Temperature = section.Number("temperature", usual.Temperature, NumberRange.Positive(1000)),
            TopP = section.Number("topP", usual.TopP, NumberRange.Positive(1)),
            Accept = section.Number("accept", usual.Accept, new NumberRange(0, 1)),
        };
    }

    /// <param name="rounds">The section.</param>
    /// <exception cref="RetortException">A place for an answer is missing, or a grade stands there twice.</exception>
    private static JudgeRecipe Judge(Section rounds)
    {
        var usual = new JudgeRecipe();
        if (rounds.Entry("judge") is not { } entry) return usual with { Question = OfPairs };
        var section = Section.Of<JudgeRecipe>(entry, "student.rounds.judge");
        var by = section.Choice("by", usual.By, Catalog.Judges.Names());
        string[] places = by switch { "pairs" => ["{prompt}", "{first}", "{second}"], "score" => ["{answer}"], _ => [] };
        var question = section.Text("question", by switch { "pairs" => OfPairs, "score" => OfScores, _ => "" });
        if (places.FirstOrDefault(place => !question.Contains(place, StringComparison.Ordinal)) is { } missing)
            throw new RetortException(section.At("question"), $"student.rounds.judge.question has no {missing}.",
                $"a text with {string.Join(", ", places)}.", "write where it belongs.");
        foreach (var (key, owner) in (ReadOnlySpan<(string, string)>)[("question", "pairs score"), ("grades", "score"), ("tie", "score"),
            ("opponents", "pairs score check")])
            if (section.Has(key) && !owner.Split(' ').Contains(by))
                throw new RetortException(section.At(key), $"student.rounds.judge.{key} stands beside by: {by}.", $"it belongs to {owner}.", "remove the key.");
        var grades = by != "score" ? [] : section.Has("grades") ? section.Texts("grades") : Digits;
        if (by == "score" && (grades.Count < 2 || grades.Distinct(StringComparer.OrdinalIgnoreCase).Count() < grades.Count))
            throw new RetortException(section.At("grades"), $"student.rounds.judge.grades has {grades.Count} words.", "two or more, each once, the worst first.",
                "write grades: [bad, good].");
        return new JudgeRecipe
        {
            By = by,
            Question = question,
            Grades = grades,
            Opponents = section.Integer("opponents", usual.Opponents, 0, 1000),
            Tie = section.Number("tie", by == "score" ? usual.Tie : 0, NumberRange.BelowOne),
        };
    }
}
