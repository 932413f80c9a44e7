using Xunit;

namespace Retort.Tests.House;

/// <summary>Rules 1 to 5 of direction: who may see whom, and who may touch memory, disk and network.</summary>
[Trait("Category", "House")]
public sealed class DirectionTests
{
    private readonly SourceTree _tree = new();

    /// <summary>folder · what its code must never name · why.</summary>
    [Theory]
    [InlineData("Retort.Nn", @"\bRetort\.(Formats|Recipes|Labels|Teachers|Training|Evaluation|Export|Runs|Data|Cli)\b",
        "models know numbers only")]
    [InlineData("Retort.Formats", @"\bRetort\.(Nn|Recipes|Labels|Teachers|Training|Evaluation|Export|Runs|Data|Cli)\b",
        "formats meet models in Checkpoints only")]
    [InlineData("Retort.Tensors/Devices", @"\bAutograd\b", "a device knows no tape")]
    [InlineData("Retort.Tensors/Operations", @"\b(Devices\.(Cpu|Reference|Cuda)|CpuKernels|ReferenceKernels|CpuDevice|ReferenceDevice)\b",
        "an operation names no device")]
    [InlineData("Retort.Distillation/Labels",
        @"\bRetort\.(Recipes|Data|Hub|Checkpoints|Teachers|Students|Sources|Objectives|Training|Evaluation|Export|Runs)\b",
        "Labels knows no other room")]
    [InlineData("Retort.Distillation/Teachers", @"\bRetort\.Objectives\b", "teachers and objectives meet in labels")]
    [InlineData("Retort.Distillation/Objectives", @"\bRetort\.Teachers\b", "teachers and objectives meet in labels")]
    [InlineData("Retort.Distillation/Training", @"\bRetort\.(Teachers|Sources)\b", "training sees labels, never who made them")]
    [InlineData("Retort.Distillation/Evaluation", @"\bRetort\.Training\b", "the examiner does not know the tutor")]
    public void ARoomNeverNames(string folder, string pattern, string why)
    {
        Rule.Holds($"{folder}: {why}", _tree.CSharp("src/" + folder).SelectMany(file => file.Find(pattern)));
    }

    [Fact]
    public void UnsafeStaysInItsRooms() => AssertOnlyIn(@"\bunsafe\b",
        "src/Retort.Tensors/Devices/", "src/Retort.Formats/Memory/", "src/Retort.Distillation/Teachers/Native/");

    /// <summary>System.Net alone is no network: HTML is escaped with its WebUtility.</summary>
    [Fact]
    public void NetworkStaysInItsRooms() => AssertOnlyIn(
        @"\bSystem\.Net\.(?!WebUtility)|\b(HttpClient|HttpListener|WebClient|WebRequest|TcpClient|TcpListener|UdpClient|Socket|Dns|IPEndPoint)\b",
        "src/Retort.Distillation/Teachers/", "src/Retort.Distillation/Hub/", "src/Retort.Server/");

    [Fact]
    public void DiskStaysInItsRooms() => AssertOnlyIn(
        @"(?<!\.)\b(File|Directory|RandomAccess)\.[A-Z]|\bnew (FileStream|FileInfo|DirectoryInfo|DriveInfo)\(|\bMemoryMappedFile\.",
        "src/Retort.Formats/", "src/Retort.Cli/", "src/Retort.Distillation/Runs/", "src/Retort.Distillation/Checkpoints/",
            "src/Retort.Distillation/Data/",
        "src/Retort.Distillation/Labels/", "src/Retort.Distillation/Export/", "src/Retort.Distillation/Hub/",
        "src/Retort.Distillation/Asking/"); // its folder holds what was paid for: the journal, the answers, the cost

    [Fact]
    public void TheConsoleBelongsToTheCommand() => AssertOnlyIn(@"(?<!\.)\bConsole\.[A-Z]", "src/Retort.Cli/");

    [Fact]
    public void NobodySleeps() => AssertOnlyIn(@"\bThread\.Sleep\b");

    /// <summary>Fields and settable properties; a <c>static readonly</c> concurrent collection is state as well.</summary>
    [Fact]
    public void NoStaticMutableState()
    {
        const string Field = @"^\s*(?:(?:public|private|internal|protected|new|volatile|unsafe)\s+)*static\s+"
            + @"(?!.*\b(?:readonly|const|class|record|struct|interface|delegate|extern|partial|operator|abstract|virtual|event)\b)[^(={]*(?:;|=(?!>)|\{[^}]*\bset;)";
        AssertOnlyIn(Field);
        AssertOnlyIn(@"\bstatic readonly (Concurrent\w+|ThreadLocal|AsyncLocal)\b");
        AssertOnlyIn(@"\[ThreadStatic\]");
    }

    private void AssertOnlyIn(string pattern, params string[] rooms) =>
        Rule.Holds($"only in: {string.Join(", ", rooms)}", _tree.CSharp("src")
        .Where(file => !rooms.Any(room => file.Path.StartsWith(room, StringComparison.Ordinal)))
        .SelectMany(file => file.Find(pattern)));
}
