using System.CommandLine;
using Retort.Cli.Screens;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class CopyVerb
{
    private const string Lesson = """
        Examples:
          retort copy digits                 writes digits.yaml here
          retort copy digits mine.yaml

        It leaves behind the recipe with its comments and measured results, for you to change. A file that is
        there is never overwritten.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var name = new Argument<string>("NAME") { Description = "A shipped recipe (retort list)." };
        var file =
            new Argument<string?>("FILE") { Description = "Where to write it (default: NAME.yaml).", Arity = ArgumentArity.ZeroOrOne };
        var verb = new Verb("copy", "Writes a shipped recipe into a file of your own.", Lesson) { name, file };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, json: false);
            return Failure.Guard(surroundings, screen, () =>
                Copy(surroundings.Library, parsed.GetValue(name)!, parsed.GetValue(file), screen));
        });
        return verb;
    }

    private static int Copy(ILibrary library, string name, string? target, Screen screen)
    {
        var file = target ?? $"{name}.yaml";
        var text = library.ReadShipped(name) ?? throw new RetortException(name, "no shipped recipe has this name.",
            $"expected one of: {string.Join(", ", library.List().Where(row => row.Kind == "recipe").Select(row => row.Name))}.");
        if (Path.Exists(file))
            throw new RetortException(file, "is there already.", "expected a name that is free.",
                $"choose another: retort copy {name} FILE");
        using (var stream = new FileStream(file, FileMode.CreateNew))
        using (var writer = new StreamWriter(stream))
            writer.Write(text);
        screen.Say($"wrote {file}; try: retort check {file}, then retort run {file}");
        return ExitCode.Done;
    }
}
