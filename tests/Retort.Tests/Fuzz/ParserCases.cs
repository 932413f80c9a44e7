namespace Retort.Tests.Fuzz;

/// <summary>Every parser of what may come from strangers.</summary>
internal static class ParserCases
{
    public static IReadOnlyList<ParserCase> All { get; } =
        [.. TokenizerParsers.All, .. ModelFileParsers.All, .. DataParsers.All, .. LabelParsers.All, .. ConfigurationParsers.All,
            .. CurationParsers.All];

    public static ParserCase Of(string name) => All.First(parser => parser.Name == name);
}
