using System.CommandLine;
using System.CommandLine.Help;
using Retort.Cli.Screens;
using Retort.Cli.Verbs;

namespace Retort.Cli;

/// <summary>The command <c>retort</c>: its verbs, and what happens to a command line that says something else.</summary>
public static class CommandLine
{
    public static int Invoke(string[] args, TextWriter output, TextWriter error, TimeProvider time,
        CancellationToken cancellation = default)
        => Invoke(args, new Surroundings(output, error, time, new Library(), cancellation) { Input = Console.In });

    internal static int Invoke(string[] args, Surroundings surroundings)
    {
        var root = Build(surroundings);
        var parsed = root.Parse(args);
        if (args.Length == 0)
            return root.Parse(["--help"]).Invoke(Configuration(surroundings.Error, surroundings.Error)) is 0
                ? ExitCode.BadInput
                : ExitCode.Failed;
        if (parsed.Errors.Count > 0 && parsed.Action is not (TeachingHelp or HelpAction))
            return Refuse(root, parsed, args, surroundings.Error);
        return parsed.Invoke(Configuration(surroundings.Output, surroundings.Error));
    }

    private static RootCommand Build(Surroundings surroundings)
    {
        var root = new RootCommand("Makes a small model from a large one and proves what was kept: label, train, eval, export.")
        {
            RunVerb.Build(surroundings),
            LabelVerb.Build(surroundings),
            TrainVerb.Build(surroundings),
            EvalVerb.Build(surroundings),
            ExportVerb.Build(surroundings),
            ListVerb.Build(surroundings),
            CopyVerb.Build(surroundings),
            CheckVerb.Build(surroundings),
            PlanVerb.Build(surroundings),
            DoctorVerb.Build(surroundings),
            TuneVerb.Build(surroundings),
            CompareVerb.Build(surroundings),
            ConvertVerb.Build(surroundings),
            BenchVerb.Build(surroundings),
            GenerateVerb.Build(surroundings),
            ChatVerb.Build(surroundings),
            ServeVerb.Build(surroundings),
            EmbedVerb.Build(surroundings),
            MergeVerb.Build(surroundings),
            JudgeVerb.Build(surroundings),
            VerdictVerb.Build(surroundings),
            CurateVerb.Build(surroundings),
            GradeVerb.Build(surroundings),
            AskVerb.Build(surroundings),
            PairsVerb.Build(surroundings),
            InventVerb.Build(surroundings),
        };
        TeachingHelp.Attach(root);
        return root;
    }

    private static int Refuse(RootCommand root, ParseResult parsed, string[] args, TextWriter error)
    {
        var verbs = root.Subcommands.Select(verb => verb.Name).ToList();
        if (parsed.CommandResult.Command == root && !args[0].StartsWith('-'))
        {
            error.WriteLine($"retort: '{args[0]}' is not a verb of this version.");
            error.WriteLine($"  it has: {string.Join(", ", verbs)}.");
            error.WriteLine("  retort --help says what each of them does.");
            return ExitCode.BadInput;
        }

        var name = parsed.CommandResult.Command == root ? "retort" : $"retort {parsed.CommandResult.Command.Name}";
        foreach (var message in parsed.Errors.Select(problem => problem.Message).Distinct())
            error.WriteLine($"{name}: {message}");
        error.WriteLine($"  {name} --help shows what it takes, with examples.");
        return ExitCode.BadInput;
    }

    private static InvocationConfiguration Configuration(TextWriter output, TextWriter error)
        => new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
}
