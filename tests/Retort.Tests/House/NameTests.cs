using System.Text.RegularExpressions;
using Xunit;

namespace Retort.Tests.House;

/// <summary>Names that say nothing are refused; classes are sealed unless somebody inherits.</summary>
[Trait("Category", "House")]
public sealed class NameTests
{
    private const string Empty = @"(Manager|Helper|Helpers|Utils|Util|Utilities|Base|Impl)(?![a-z])";

    private readonly SourceTree _tree = new();

    [Fact]
    public void NoNameIsEmpty()
    {
        var files = _tree.CSharp("src", "tests", "samples", "bench");
        Rule.Holds("a name that says nothing", files.SelectMany(file =>
            file.Find($@"\b(class|record|struct|interface|enum)\s+\w*{Empty}")));
        Rule.Holds("a file name that says nothing",
            files.Select(file => Path.GetFileNameWithoutExtension(file.Path)).Where(name => Regex.IsMatch(name, Empty)));
    }

    [Fact]
    public void ClassesAreSealedUnlessInherited()
    {
        var code = string.Join('\n', _tree.CSharp("src").Select(file => file.Code));
        var declared =
            Regex.Matches(code,
                @"^[ \t]*((?:(?:public|internal|private|protected|file|sealed|static|abstract|partial|unsafe|readonly|new)\s+)*)(?:class|record)\s+(?!struct)(\w+)",
                RegexOptions.Multiline)
            .GroupBy(match => match.Groups[2].Value);
        var open = declared.Where(parts => !parts.Any(part => Regex.IsMatch(part.Groups[1].Value, "sealed|static|abstract")))
            .Where(parts => !Regex.IsMatch(code, $@":\s*{parts.Key}\b"))
            .Select(parts => parts.Key);
        Rule.Holds("nobody inherits: seal it", open);
    }

    [Fact]
    public void NoPathOfAMachineIsLeftBehind()
    {
        const string Folder = @"(?<![\w.~<-])/(work|root|home/[a-z]+|Users/[A-Za-z]+|tmp/wt)/";
        var found = _tree.Texts().SelectMany(file => file.Lines
            .Select((line, index) => (line, Place: $"{file.Path}:{index + 1}"))
            .Where(line => Regex.IsMatch(line.line, Folder) && !line.line.Contains("const string Folder", StringComparison.Ordinal))
            .Select(line => $"{line.Place}  {line.line.Trim()}"));
        Rule.Holds("a path of one machine", found);
    }
}
