using System.CommandLine;

namespace Retort.Cli;

/// <summary>The argument and options that run and the stages share.</summary>
internal sealed class RecipeOptions
{
    public static Option<bool> NewJson() =>
        new("--json") { Description = "One JSON object on stdout; everything for people goes to stderr." };

    public static Argument<string> NewRecipe()
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A recipe file, or the name of a shipped recipe." };
        recipe.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] option }])
                result.AddError($"'{option}' is not an option of this verb.");
        });
        return recipe;
    }

    public static Option<string[]> NewSet() => new("--set")
    {
        Description = "Changes one value of the recipe: path.to.key=value. May be repeated.",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    /// <param name="goesOn">A stage: it always goes on in a folder of its recipe, and --resume only says so aloud.</param>
    public RecipeOptions(bool goesOn = false)
    {
        GoesOn = goesOn;
        Resume.Hidden = goesOn;
        Recipe.Arity = ArgumentArity.ZeroOrOne;
        Recipe.DefaultValueFactory = _ => "digits";
    }

    public bool GoesOn { get; }
    public Argument<string> Recipe { get; } = NewRecipe();
    public Option<string?> Out { get; } = new("--out") { Description = "The run folder (default: runs/NAME).", HelpName = "DIR" };
    public Option<string[]> Set { get; } = NewSet();
    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on in a folder that holds work of the same recipe." };
    public Option<bool> Json { get; } = NewJson();

    public void AddTo(Command command)
    {
        command.Add(Recipe);
        command.Add(Out);
        command.Add(Set);
        command.Add(Resume);
        command.Add(Json);
    }
}
