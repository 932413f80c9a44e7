using System.CommandLine;
using Retort.Cli.Screens;

namespace Retort.Cli.Verbs;

internal static class ListVerb
{
    private const string Lesson = """
        Examples:
          retort list
          retort list --json

        Every name that a recipe may use, with one line about each. It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var json = RecipeOptions.NewJson();
        var verb = new Verb("list", "Shows the recipes that ship, the objectives, the models, and every other name a recipe may use.",
            Lesson) { json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () => List(surroundings.Library.List(), screen));
        });
        return verb;
    }

    private static int List(IReadOnlyList<ListRow> rows, Screen screen)
    {
        if (!screen.Json)
            foreach (var kind in rows.GroupBy(row => row.Kind))
                screen.Table([kind.Key, ""], kind.Select(row => new[] { row.Name, row.Text }));
        screen.Data(json => json.WriteRows("names", ["kind", "name", "text"], rows.Select(row => new[] { row.Kind, row.Name, row.Text })));
        return ExitCode.Done;
    }
}
