using System.CommandLine;
using Retort.Cli.Screens;

namespace Retort.Cli.Verbs;

internal static class PlanVerb
{
    private const string Lesson = """
        Examples:
          retort plan mine.yaml
          retort plan mnist-hinton --json

        Estimates time, memory and disk from the recipe and this machine, and hints at values that often go wrong.
        It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var recipe = RecipeOptions.NewRecipe();
        var set = RecipeOptions.NewSet();
        var json = RecipeOptions.NewJson();
        var verb = new Verb("plan", "Says what a recipe will cost: time, memory, disk.", Lesson) { recipe, set, json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var source = RecipeSource.Read(surroundings.Library, parsed.GetValue(recipe)!, parsed.GetValue(set)!);
                return Plan(surroundings.Library.Plan(source.Recipe, source.Folder), source, screen);
            });
        });
        return verb;
    }

    private static int Plan(IReadOnlyList<PlanRow> plan, RecipeSource source, Screen screen)
    {
        var rows = plan.Select(row => new[] { row.Item, row.Value, row.Why }).ToList();
        screen.Table([source.Recipe.Name, "estimate", "because"], rows);
        foreach (var warning in source.Warnings)
            screen.Say($"warning: {warning}");
        screen.Data(json =>
        {
            json.WriteString("recipe", source.Recipe.Name);
            json.WriteRows("plan", ["item", "value", "why"], rows);
            json.WriteStrings("warnings", source.Warnings);
        });
        return ExitCode.Done;
    }
}
