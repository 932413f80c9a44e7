using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Retort.Cli.Verbs;

namespace Retort.Cli.Screens;

/// <summary>Help that goes on where the list of options ends: examples, what is left behind, exit codes.</summary>
internal sealed class TeachingHelp(HelpAction options, IReadOnlyDictionary<string, string> lessons) : SynchronousCommandLineAction
{
    private const string Overview = """
        Start here:
          retort run                       the recipe 'digits', from nothing, in a few minutes
          retort list                      what ships with the tool
          retort copy digits mine.yaml     a recipe of your own to change
          retort check mine.yaml           is it right? (does nothing)
          retort plan mine.yaml            what would it cost?
          retort run mine.yaml             label, train, eval, export

        """;

    private const string Codes = """
        Exit codes:
          0    done
          1    the work failed (a loss that is not finite, an export that does not answer like its student)
          2    bad input: a command line, a recipe, a file, a folder
          3    done, but a gate of the recipe said no
          75   a budget or a pause stopped it; resumable
          130  Ctrl-C or SIGTERM stopped it; resumable

        """;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = options.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(lessons.GetValueOrDefault(parseResult.CommandResult.Command.Name, Overview));
        output.WriteLine(Codes);
        return code;
    }

    public static void Attach(RootCommand root)
    {
        var lessons = root.Subcommands.OfType<Verb>().ToDictionary(verb => verb.Name, verb => verb.Lesson);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new TeachingHelp((HelpAction)help.Action!, lessons);
    }
}
