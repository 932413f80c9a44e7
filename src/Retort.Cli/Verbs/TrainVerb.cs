using System.CommandLine;

namespace Retort.Cli.Verbs;

internal static class TrainVerb
{
    private const string Lesson = """
        Examples:
          retort train digits --out runs/digits
          retort train digits --out runs/digits --json

        Needs labels/ in the run folder (retort label). It leaves behind student/, baseline/ (the same student
        trained without the teacher: what distillation has to beat) and checkpoints/; retort eval goes on from there.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new RecipeOptions(goesOn: true);
        var verb = new Verb("train", "Trains the student on the labels, and the same student without the teacher.", Lesson);
        options.AddTo(verb);
        var work = new Work(surroundings, options, verb.Name);
        verb.SetAction(parsed => work.Run(parsed, (path, cancellation) =>
        {
            path.Train(cancellation);
            return null;
        }));
        return verb;
    }
}
