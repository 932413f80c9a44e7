using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Comparisons;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class CompareVerb
{
    private const string Lesson = """
        Examples:
          retort compare digits --methods dkd,dist --seeds 5
          retort compare mine.yaml --methods all --seeds 3
          retort compare mine.yaml --methods attention-transfer:1000 --temperature 4 --hard-weight 0.1

        For each seed: teacher, labels, the student without a teacher (its own rate, full and half length), then every
        method with the same model, first weights, batches and steps. Beside the methods always stand plain distillation
        with T and hardWeight chosen on validation (see retort tune), the recipe's own objective, and controls that know
        nothing about classes: label smoothing as unsure as the teacher, and the teacher's answers shuffled. A gain that a
        control has too is not credited to the teacher's knowledge.
          NAME:WEIGHT    a term's weight; without it 1 − hardWeight for objectives on answers, 1 on hidden values
          all            every objective of the catalogue that fits the recipe
        It leaves in the folder one run a seed, compare.json, and compare.html with intervals and ranks. Stopped, it
        goes on where it was.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var recipe = RecipeOptions.NewRecipe();
        var set = RecipeOptions.NewSet();
        var json = RecipeOptions.NewJson();
        var folder = new Option<string?>("--out") { Description = "Where the runs lie (default: runs/NAME-compare).", HelpName = "DIR" };
        var methods = new Option<string>("--methods") { Description = "Objectives to compare, with commas between them, or all.",
            HelpName = "A,B,…", Required = true };
        var seeds = new Option<int>("--seeds") { Description = "How often, with another seed each time.", HelpName = "N",
            DefaultValueFactory = _ => 5 };
        var temperature = new Option<double?>("--temperature") { Description = "T, instead of tuning it.", HelpName = "T" };
        var hardWeight = new Option<double?>("--hard-weight") { Description = "hardWeight, instead of tuning it.", HelpName = "W" };
        var verb = new Verb("compare", "Compares methods with tuned plain distillation, controls and no teacher.", Lesson)
            { recipe, methods, seeds, temperature, hardWeight, folder, set, json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var source = RecipeSource.Read(surroundings.Library, parsed.GetValue(recipe)!, parsed.GetValue(set)!);
                var plain = Plain(parsed.GetValue(temperature), parsed.GetValue(hardWeight));
                var output = parsed.GetValue(folder) ?? Path.Combine("runs", source.Recipe.Name + "-compare");
                var result = ProgressBars.Around(screen, surroundings.Time, progress => surroundings.Library.Compare(
                    new WorkOrder(source.Recipe, source.Folder, output, progress, surroundings.Time, surroundings.Cancellation),
                    parsed.GetValue(methods)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                    parsed.GetValue(seeds), plain));
                ComparisonScreen.Show(screen, result, output);
                return ExitCode.Done;
            });
        });
        return verb;
    }

    private static PlainSettings? Plain(double? temperature, double? hardWeight) => (temperature, hardWeight) switch
    {
        (null, null) => null,
        ( > 0 and <= 1000, >= 0 and < 1) => new PlainSettings(temperature.Value, hardWeight.Value),
        _ => throw new RetortException("--temperature and --hard-weight",
            $"{temperature?.ToString() ?? "no T"}, {hardWeight?.ToString() ?? "no hardWeight"}.",
            "both or none; T above 0 and at most 1000, hardWeight from 0 to below 1."),
    };
}
