using System.ComponentModel;
using System.Diagnostics;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.House;

/// <summary>
/// What a script wrote is what it writes now: a <c>*.g.cs</c> edited by hand, or a script changed without running it, shows here.
/// </summary>
[Trait("Category", "House")]
public sealed class GeneratedTests
{
    private readonly SourceTree _tree = new();

    [Fact]
    public void GeneratedFilesAreFresh()
    {
        var compared = new List<string>();
        foreach (var script in _tree.Generators())
        {
            using var folder = new TemporaryFolder();
            Run(script, folder.Path);
            foreach (var made in Directory.GetFiles(folder.Path))
            {
                var kept = Path.Combine(Path.GetDirectoryName(script)!, Path.GetFileName(made));
                Assert.True(File.Exists(kept) && File.ReadAllText(kept) == File.ReadAllText(made),
                    $"{_tree.Relative(kept)} is not what {Path.GetFileName(script)} writes: run it in its folder.");
                compared.Add(kept);
            }
        }
        Assert.NotEmpty(compared);
        Rule.Holds("no script writes it", _tree.Generated().Except(compared).Select(_tree.Relative));
    }

    /// <summary>A script writes into the folder it is run in.</summary>
    private static void Run(string script, string folder)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo("python3", [script]) { WorkingDirectory = folder, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{Path.GetFileName(script)} ends with {process.ExitCode}\n{error}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("the generated files were not compared with what their scripts write: there is no python3 here. To have it, install Python 3.");
        }
    }
}
