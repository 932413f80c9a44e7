using Retort.Tensors;
using Retort.Tracks.Comparison;
using Xunit;
using static Retort.Tests.Tracks.Comparison.ScriptedSide;

namespace Retort.Tests.Tracks.Comparison;

public sealed class LedgerTests : IDisposable
{
    private readonly string _repository = Directory.CreateTempSubdirectory("retort-ledger-").FullName;

    [Fact]
    public void RowsFollowWhatIsThere()
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_repository, "bench")).FullName, "LEDGER.md");
        File.WriteAllText(path, "# Ledger\nrules\n");
        Append();
        Append();
        var text = File.ReadAllText(path);
        Assert.StartsWith("# Ledger\nrules\n\n### 2026-01-02, ", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("| mlp-step | 3 | 4 | px | 0.75 | 0.75–0.75 | 0.75 | 1, 1 of 1 | 2, 2 |\n").Length - 1);
        Assert.Contains("`tracks compare mlp-step`. px: script 1.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void NoLedgerIsAnError() => Assert.Throws<RetortException>(Append);

    private void Append() =>
        new Ledger(_repository).Append(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "tracks compare mlp-step",
        ["px: script 1"], [new Outcome(new Work("mlp-step"), [new("ours", [Burst(3)]), new("px", [Burst(4)])])]);

    public void Dispose() => Directory.Delete(_repository, recursive: true);
}
