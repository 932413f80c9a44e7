using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Retort.Labels.Sequences;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>The program in docs/labels.md reads what we write.</summary>
public class LabelPageTests
{
    [Theory]
    [InlineData(SequenceCodec.TopKByte)]
    [InlineData(SequenceCodec.TopKHalf)]
    [InlineData(SequenceCodec.Sampled)]
    [InlineData(SequenceCodec.DenseHalf)]
    public void PythonReadsAShard(SequenceCodec codec)
    {
        using var folder = new TemporaryFolder();
        if (Run("-c", "import numpy, safetensors") is not { Code: 0 })
            Assert.Skip("docs/labels.md's reader was not run: there is no python3 with safetensors and numpy here. To have them, pip install safetensors numpy.");
        var page = File.ReadAllText(Path.Combine(new House.SourceTree().Root, "docs", "labels.md"));
        var program = folder.With("read.py", Regex.Match(page, "```python\n(.*?)```", RegexOptions.Singleline).Groups[1].Value);
        var description = SequenceCapture.Of(codec, documents: 2) with { UnitDocuments = 2 };
        SequenceCapture.Make(folder.At("labels"), description, prompt: 1);

        var (code, lines) = Run(program, folder.At("labels/labels-00000-of-00001.safetensors"))!.Value;
        Assert.True(code == 0, lines);
        using var reader = SequenceLabelReader.Open(folder.At("labels"), description);
        var expected = Enumerable.Range(0, 2).SelectMany(document => Enumerable.Range(0, reader.Length(document)).Select(row =>
        {
            var (token, ids) = (new int[1], new int[reader.MaximumKept]);
            var (values, tail) = (new float[reader.MaximumKept], new float[1]);
            reader.ReadTokens(document, row, token);
            if (codec == SequenceCodec.DenseHalf) reader.ReadValues(document, row, values);
            else reader.ReadRows(document, row, ids, values, tail);
            var kept = codec == SequenceCodec.DenseHalf ? 0 : ids.Count(id => id >= 0);
            var numbers = values.Take(codec != SequenceCodec.DenseHalf ? kept : row == 0 ? 0 : 6).Select(value => (double)value);
            return ((IEnumerable<double>)[token[0], .. ids.Take(kept), .. numbers, row == 0 ? 1 : tail[0]]).ToArray();
        })).ToArray();
        var found = lines.Trim().Split('\n').Select(line => Regex.Matches(line, @"-?\d[\d.e+-]*")
            .Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.Equal(expected.Length, found.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Length, found[row].Length);
            for (var place = 0; place < expected[row].Length; place++) Assert.Equal(expected[row][place], found[row][place], 1e-5);
        }
    }

    private static (int Code, string Output)? Run(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, process.ExitCode == 0 ? text : error.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
