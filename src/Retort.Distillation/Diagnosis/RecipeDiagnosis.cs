using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Labels;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Diagnosis;

/// <summary>A recipe of texts, looked at with its data and, where there is one already, its teacher. Nothing is written.</summary>
public static class RecipeDiagnosis
{
    private static readonly string[] planned = ["time", "memory", "disk"];

    /// <param name="recipe">Read and checked.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="device">Where a teacher answers.</param>
    /// <exception cref="RetortException">The recipe is of numbers, or data or teacher cannot be read.</exception>
    public static IReadOnlyList<Finding> Run(Recipe recipe, string recipeFolder, Device device)
    {
        if (!recipe.Data.IsLanguage)
            throw new RetortException("doctor", $"the recipe '{recipe.Name}' is of data.source {recipe.Data.Source}.",
                "a recipe of texts, or two language models.", "retort check reads this recipe, retort plan says what it costs.");
        var folder = LanguageStages.GivenTeacher(recipe, recipeFolder);
        var stops = recipe.Data.Leaks == "stop"; // a run does: here they are counted
        if (stops) recipe = recipe with { Data = recipe.Data with { Leaks = "allow" } };
        var data = TextDataReader.Read(recipe.Data, recipeFolder, LanguageStages.GivenTokenizer(recipe, recipeFolder), recipe.Seed);
        List<Finding> findings =
        [
            new("objective", ObjectiveFormula.Describe(recipe)),
            .. data.Warnings.Select(warning => warning.Contains(PartLeaks.Told, StringComparison.Ordinal)
                ? new Finding("data", warning, stops ? Severity.Error : Severity.Warning, stops ? "a run would stop: data.leaks" : "")
                : new Finding("data", warning, Severity.Warning, "raise data.contextLength where it matters")),
            .. TextCheck.Masks(data.Tokenizer.Tokenizer, data.Train.Documents, PairDiagnosis.ShownMasks),
            TextCheck.Lengths([.. data.Train.Documents.Select(document => document.Tokens.Length)], data.ContextLength),
            TextCheck.Leakage(data.Train.Documents, data.Test.Documents, stops),
        ];
        if (folder is null) findings.Add(new("teacher", "is trained by this recipe; afterwards retort doctor RUN/teacher/0 RUN/student looks at both"));
        else if (recipe.Teacher.HasOwnTokenizer)
        {
            using var apart = SpanTeacher.Open(folder, data, device);
            findings.Add(new("two tokenizers", apart.Agreement));
        }
        else findings.AddRange(OfTeacher(recipe, folder, data, device));
        findings.AddRange(Planner.Plan(recipe, recipeFolder).Rows.Where(row => planned.Contains(row.Item))
            .Select(row => new Finding(row.Item, $"{row.Value}: {row.Why}")));
        return findings;
    }

    private static IEnumerable<Finding> OfTeacher(Recipe recipe, string folder, TextData data, Device device)
    {
        using var teacher = LanguageModel.Open(folder, device);
        var (tokenizer, rows) = (data.Tokenizer.Tokenizer, teacher.Model.Sizes.Vocabulary);
        var ids = VocabularyCheck.Ids(teacher.Tokenizer, tokenizer);
        yield return ids;
        yield return VocabularyCheck.Padding(rows, tokenizer.Size, tokenizer.Size);
        if (teacher.Model.Sizes.Positions < data.ContextLength)
        {
            yield return new("context", $"the teacher knows {teacher.Model.Sizes.Positions:N0} positions, and data.contextLength is {data.ContextLength:N0}",
                Severity.Error, "lower data.contextLength");
            yield break;
        }
        if (ids.Severity == Severity.Error || rows < tokenizer.Size) yield break;
        var answers = new AnswerCheck([.. data.Train.Documents.Take(16)], data.ContextLength, tokenizer.Size, device);
        yield return answers.Zero(teacher.Model);
        yield return answers.Mass(teacher.Model, recipe.Labels is { Kind: "top-k", Keep: var keep }
            ? [LabelKeep.Parse(keep).MaximumCount(tokenizer.Size)] : [5, 20, 64]);
    }
}
