using System.CommandLine;
using System.Globalization;
using Retort.Cli.Screens;
using Retort.Comparisons;

namespace Retort.Cli.Verbs;

internal static class TuneVerb
{
    private const string Lesson = """
        Examples:
          retort tune digits
          retort tune mine.yaml --temperatures 1,4 --hard-weights 0,0.5 --out runs/mine-tune

        Plain distillation at every T and hardWeight of a small grid, softWeight = 1 − hardWeight, with the labels made
        once. The choice is made on the validation part; the test part is not looked at. Do this before anything fancy:
        most methods are compared with plain distillation that was never tuned. Stopped, it goes on where it was.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var recipe = RecipeOptions.NewRecipe();
        var set = RecipeOptions.NewSet();
        var json = RecipeOptions.NewJson();
        var folder = new Option<string?>("--out") { Description = "Where the runs lie (default: runs/NAME-compare).", HelpName = "DIR" };
        var temperatures = NumberList.New("--temperatures", "T to try", Tuning.Temperatures);
        var hardWeights = NumberList.New("--hard-weights", "hardWeight to try", Tuning.HardWeights);
        var verb = new Verb("tune", "Finds T and hardWeight of plain distillation on the validation part.", Lesson)
            { recipe, temperatures, hardWeights, folder, set, json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var source = RecipeSource.Read(surroundings.Library, parsed.GetValue(recipe)!, parsed.GetValue(set)!);
                var ts = NumberList.Read("--temperatures", parsed.GetValue(temperatures), Tuning.Temperatures);
                var weights = NumberList.Read("--hard-weights", parsed.GetValue(hardWeights), Tuning.HardWeights);
                var output = parsed.GetValue(folder) ?? Path.Combine("runs", source.Recipe.Name + "-compare");
                var result = ProgressBars.Around(screen, surroundings.Time, progress => surroundings.Library.Tune(
                    new WorkOrder(source.Recipe, source.Folder, output, progress, surroundings.Time, surroundings.Cancellation),
                    ts, weights));
                return Show(screen, result);
            });
        });
        return verb;
    }

    private static int Show(Screen screen, TuningResult result)
    {
        var rows = result.Tries.Select(one => new[]
        {
            one.Settings.Temperature.ToString(CultureInfo.InvariantCulture), one.Settings.HardWeight.ToString(CultureInfo.InvariantCulture),
            one.Accuracy.ToString("0.0000", CultureInfo.InvariantCulture), one.Loss.ToString("0.0000", CultureInfo.InvariantCulture),
            one.Settings == result.Best ? "best" : "",
        }).ToList();
        screen.Table(["temperature", "hardWeight", "validation accuracy", "validation loss", ""], rows);
        var (t, hard) = (result.Best.Temperature, result.Best.HardWeight);
        screen.Say("In the recipe:");
        screen.Say(FormattableString.Invariant($"    - {{ name: soft-label, softWeight: {Math.Round(1 - hard, 6)}, temperature: {t} }}"));
        if (hard > 0) screen.Say(FormattableString.Invariant($"    - {{ name: hard-label, hardWeight: {hard} }}"));
        screen.Data(json =>
        {
            json.WriteNumber("temperature", t);
            json.WriteNumber("hardWeight", hard);
            json.WriteRows("tries", ["temperature", "hardWeight", "accuracy", "loss", "best"], rows);
        });
        return ExitCode.Done;
    }
}
