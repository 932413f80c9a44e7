using System.CommandLine;

namespace Retort.Cli.Verbs;

/// <summary>A verb with what its help teaches: examples and what it leaves behind.</summary>
internal sealed class Verb(string name, string description, string lesson) : Command(name, description)
{
    public string Lesson { get; } = lesson + "\n";
}
