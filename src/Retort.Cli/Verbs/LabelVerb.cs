using System.CommandLine;

namespace Retort.Cli.Verbs;

internal static class LabelVerb
{
    private const string Lesson = """
        Examples:
          retort label digits --out runs/digits

        First of the four stages. A teacher with source train is trained first. It leaves behind teacher/ (when
        trained here) and labels/ in the run folder; labels that are there are not asked for again. retort train
        goes on from there.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new RecipeOptions(goesOn: true);
        var verb = new Verb("label", "Asks the teacher about every training example and keeps the answers.", Lesson);
        options.AddTo(verb);
        var work = new Work(surroundings, options, verb.Name);
        verb.SetAction(parsed => work.Run(parsed, (path, cancellation) =>
        {
            path.Label(cancellation);
            return null;
        }));
        return verb;
    }
}
