using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;

namespace Retort.Comparisons;

/// <summary>
/// Methods against tuned plain distillation, controls and no teacher, with several seeds: everything that a seed decides (data, teacher,
/// first weights, batches) is the same for all of them, so differences are taken seed by seed.
/// </summary>
/// <param name="recipe">Its seed is the first of the comparison.</param>
/// <param name="recipeFolder">Where its relative paths begin.</param>
/// <param name="folder">One run folder a seed; what is finished there is not done again.</param>
/// <param name="progress">Told what is done.</param>
/// <param name="time">For times.</param>
public sealed class MethodComparison(Recipe recipe, string recipeFolder, string folder, IProgress<StageProgress> progress,
    TimeProvider time)
{
    public const int MostSeeds = 100;

    /// <summary>What is left in the folder: every number, and the page.</summary>
    public const string JsonName = "compare.json", HtmlName = "compare.html";

    /// <param name="methods">As <see cref="Lineup.Of"/> takes them.</param>
    /// <param name="seeds">How many, 1 to <see cref="MostSeeds"/>.</param>
    /// <param name="plain">T and hardWeight; null = chosen on the validation part of the first seed.</param>
    /// <param name="cancellation">Stops between updates; the next call goes on.</param>
    /// <exception cref="RetortException">Something does not fit; said before any work.</exception>
    public ComparisonResult Run(IReadOnlyList<string> methods, int seeds, PlainSettings? plain, CancellationToken cancellation)
    {
        Check(recipe, seeds);
        CheckAll(Lineup(plain ?? Tuning.Usual).Of(methods));
        var tuned = plain
            ?? new Tuning(recipe, recipeFolder, folder, progress, time).Run(Tuning.Temperatures, Tuning.HardWeights, cancellation).Best;
        var lineup = Lineup(tuned).Of(methods);
        var rows = lineup.Select(contender => (Contender: contender, Outcomes: new List<SeedOutcome>()))
            .Prepend((Contender: new Contender("no teacher", Role.Alone, [ObjectiveRecipe.HardLabel(0)]), Outcomes: [])).ToList();
        var teachers = new List<double>();
        for (var i = 0; i < seeds; i++)
        {
            var seed = recipe.Seed + (ulong)i;
            using var contest = SeedContest.Open(recipe with { Seed = seed }, recipeFolder, FolderOf(folder, seed),
                path => Prepare(path, cancellation), progress, time);
            teachers.Add(contest.TeacherAccuracy);
            foreach (var (contender, outcomes) in rows)
                outcomes.Add(contender.Role == Role.Alone ? contest.ExamineAlone(cancellation) : contest.Examine(contender, cancellation));
        }
        return Kept(new ComparisonResult(recipe.Name, tuned, plain is null, teachers,
            [.. rows.Select(row => new ComparisonRow(row.Contender, row.Outcomes))]));
    }

    private ComparisonResult Kept(ComparisonResult result)
    {
        AtomicFile.WriteText(Path.Combine(folder, JsonName), ComparisonJson.Write(result));
        AtomicFile.WriteText(Path.Combine(folder, HtmlName), ComparisonHtml.Render(result));
        return result;
    }

    /// <summary>The run folder of a seed.</summary>
    internal static string FolderOf(string folder, ulong seed) => Path.Combine(folder, $"seed-{seed}");

    /// <exception cref="RetortException">A scheme in which the student's teacher is not there beforehand.</exception>
    internal static void Check(Recipe recipe, int seeds)
    {
        if (seeds is < 1 or > MostSeeds)
            throw new RetortException("--seeds", $"{seeds} seeds.", $"expected 1 to {MostSeeds}; 5 give a first interval.");
        if (recipe.Teacher.Members[0].Source is "peer" or "own-average" || recipe.Student.Assistants.Count > 0)
            throw new RetortException(recipe.Name, "has peers or assistants.",
                "a teacher and one student: objectives are compared, not schemes.", "remove them from the recipe.");
        if (recipe.Data.IsRegression)
            throw new RetortException(recipe.Name, "has data.task regression.", "classes: methods are compared, and T is chosen, by accuracy.",
                "use retort run, with one seed after the other.");
        if (recipe.Data.Transfer is not null || recipe.Teacher.Members.Any(member => member.Source == "ensemble"))
            throw new RetortException(recipe.Name, "has an ensemble or synthetic rows.",
                "a class for every row, and a teacher with hidden values: objectives that use them are compared too.",
                "remove data.transfer, and write teacher: {source: train, …}.");
    }

    private static void Prepare(Distillation path, CancellationToken cancellation)
    {
        path.Label(cancellation);
        path.Train(cancellation);
    }

    private Lineup Lineup(PlainSettings plain) => new(recipe, TeacherModel(), plain);

    /// <summary>Null for a teacher that is none of our models.</summary>
    private ModelRecipe? TeacherModel() => recipe.Teacher.Members[0] is { Source: "checkpoint" } first
        ? ModelCheckpoint.Describe(Path.GetFullPath(first.Path, recipeFolder)).Model
        : recipe.Teacher.Members[0].Model;

    private void CheckAll(IReadOnlyList<Contender> lineup)
    {
        foreach (var contender in lineup)
            RecipeCheck.Check(recipe with { Student = recipe.Student with { Objective = contender.Objective } }, contender.Name);
    }
}
