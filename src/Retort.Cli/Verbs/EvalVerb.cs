using System.CommandLine;

namespace Retort.Cli.Verbs;

internal static class EvalVerb
{
    private const string Lesson = """
        Examples:
          retort eval digits --out runs/digits
          retort eval digits --out runs/digits --json > result.json

        Needs student/ and baseline/ in the run folder (retort train). It leaves behind eval.json and report.html.
        Where the recipe has a gate that says no, the sentences are printed and the exit code is 3.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new RecipeOptions(goesOn: true);
        var verb = new Verb("eval", "Reads the test data once: teacher, student and baseline side by side, and the verdict.", Lesson);
        options.AddTo(verb);
        var work = new Work(surroundings, options, verb.Name);
        verb.SetAction(parsed => work.Run(parsed, (path, cancellation) => path.Eval(cancellation)));
        return verb;
    }
}
