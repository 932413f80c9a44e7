using Retort.Cli;

namespace Retort.Tests.Cli;

/// <summary>One command line, run in this process; what it wrote and returned.</summary>
internal sealed record Terminal(int Code, string Output, string Error)
{
    public static Terminal Run(ILibrary library, CancellationToken cancellation, params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = CommandLine.Invoke(args, new Surroundings(output, error, TimeProvider.System, library, cancellation));
        return new Terminal(code, output.ToString(), error.ToString());
    }

    public static Terminal Run(ILibrary library, params string[] args) => Run(library, CancellationToken.None, args);

    public static Terminal Run(params string[] args) => Run(new ScriptedLibrary(), args);
}
