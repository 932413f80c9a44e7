using System.CommandLine;

namespace Retort.Cli.Verbs;

internal static class ExportVerb
{
    private const string Lesson = """
        Examples:
          retort export digits --out runs/digits

        Needs student/ in the run folder (retort train). It leaves behind export/ with the formats that the recipe
        names: safetensors (transformers, candle, …) and ONNX (ONNX Runtime, browsers, phones).
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new RecipeOptions(goesOn: true);
        var verb = new Verb("export", "Writes the student as files that other tools open, and asks them the same questions.", Lesson);
        options.AddTo(verb);
        var work = new Work(surroundings, options, verb.Name);
        verb.SetAction(parsed => work.Run(parsed, (path, cancellation) =>
        {
            path.Export(cancellation);
            return null;
        }));
        return verb;
    }
}
