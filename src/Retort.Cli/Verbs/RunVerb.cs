using System.CommandLine;

namespace Retort.Cli.Verbs;

internal static class RunVerb
{
    private const string Lesson = """
        Examples:
          retort run                                        the recipe digits, into runs/digits
          retort run mine.yaml --out runs/try1
          retort run digits --set student.training.epochs=3
          retort run digits --out runs/digits --resume      go on after Ctrl-C, a crash, a power cut

        It prints the exact objective as a formula before it starts. It leaves behind, in the run folder:
          recipe.yaml   the recipe with every default   labels/ teacher/ student/ baseline/
          eval.json     the numbers                     report.html   the numbers, drawn
          export/       safetensors and ONNX            provenance.json, events.jsonl
        """;

    public static Command Build(Surroundings surroundings)
    {
        var options = new RecipeOptions();
        var verb = new Verb("run", "Walks the whole path: label, train, eval, export.", Lesson);
        options.AddTo(verb);
        var work = new Work(surroundings, options, verb.Name);
        verb.SetAction(parsed => work.Run(parsed, (path, cancellation) => path.Run(cancellation)));
        return verb;
    }
}
