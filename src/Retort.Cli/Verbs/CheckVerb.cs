using System.CommandLine;
using Retort.Cli.Screens;

namespace Retort.Cli.Verbs;

internal static class CheckVerb
{
    private const string Lesson = """
        Examples:
          retort check mine.yaml
          retort check digits --set student.training.epochs=3

        Reads the recipe, checks every key, value and pairing (does the teacher give what the objective needs?), and
        prints the objective as a formula. It does no work and leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var recipe = RecipeOptions.NewRecipe();
        var set = RecipeOptions.NewSet();
        var json = RecipeOptions.NewJson();
        var verb =
            new Verb("check", "Reads a recipe and says what is wrong with it, without doing any work.", Lesson) { recipe, set, json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
                Check(surroundings.Library, RecipeSource.Read(surroundings.Library, parsed.GetValue(recipe)!, parsed.GetValue(set)!),
                    screen));
        });
        return verb;
    }

    private static int Check(ILibrary library, RecipeSource source, Screen screen)
    {
        var formula = library.Formula(source.Recipe);
        screen.Say($"{source.FileName}: the recipe '{source.Recipe.Name}' is right.");
        screen.Say(formula);
        foreach (var warning in source.Warnings)
            screen.Say($"warning: {warning}");
        screen.Data(json =>
        {
            json.WriteNumber("exitCode", ExitCode.Done);
            json.WriteString("recipe", source.Recipe.Name);
            json.WriteString("objective", formula);
            json.WriteStrings("warnings", source.Warnings);
        });
        return ExitCode.Done;
    }
}
