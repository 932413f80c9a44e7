using Retort.Checkpoints;
using Retort.Export;
using Retort.Formats.Gguf;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Export;

/// <summary>
/// Our GGUF files beside those that llama.cpp's converter made of the same folders: FAMILY-VARIANT-TYPE.gguf of FAMILY/VARIANT.
/// </summary>
[Trait("Category", "Golden")]
public sealed class GgufStructureTests(ITestOutputHelper output)
{
    /// <summary>Names for people, and a key that llama.cpp takes to be false where it is missing.</summary>
    private static readonly string[] Passed = ["general.name", "general.size_label", "tokenizer.ggml.add_sep_token", "general.alignment"];

    public static TheoryData<string> Models
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var (name, _) in Fixtures.Find("gguf/models", "*.gguf"))
                if (Fixtures.Path(Parts(name) is var (family, variant, _) ? $"{family}/{variant}/config.json" : "", out _) is not null)
                    data.Add(name);
            if (data.Count == 0) data.Add("");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void WeWriteWhatTheConverterWrites(string name)
    {
        if (name.Length == 0) Assert.Skip("no GGUF file beside its checkpoint was found; RETORT_FIXTURES says where they lie.");
        var (family, variant, type) = Parts(name);
        var source = Path.GetDirectoryName(Fixtures.Path($"{family}/{variant}/config.json", out _))!;
        using var device = new CpuDevice(1);
        using var folder = new TemporaryFolder();
        var tokenized = true;
        try
        {
            ModelExport.Write(source, folder.Path, [ExportFormat.Parse($"gguf:{type}", name)], device);
        }
        catch (RetortException refused) when (refused is not RunFailedException)
        {
            output.WriteLine($"export: {name}: without its tokenizer: {refused.What}");
            tokenized = false;
            using var checkpoint = LanguageCheckpoint.Load(source, device);
            GgufExport.Write(folder.At($"{variant}-{type}.gguf"), variant, checkpoint.Model, checkpoint.Config, [],
                GgufPrecision.All.Single(known => known.Name == type));
        }
        using var theirs = GgufReader.Open(Fixtures.Path(name, out _)!);
        using var ours = GgufReader.Open(folder.At($"{variant}-{type}.gguf"));
        foreach (var (key, value) in theirs.Metadata)
            if (!Passed.Contains(key) && (tokenized || !key.StartsWith("tokenizer.", StringComparison.Ordinal)))
                Assert.Equal((key, Text(value.Content)), (key, ours.Metadata.TryGetValue(key, out var own) ? Text(own.Content) : "missing"));
        Assert.Equal(theirs.Entries.Keys.Order(StringComparer.Ordinal), ours.Entries.Keys.Order(StringComparer.Ordinal));
        var (worst, alike) = (0.0, 0);
        foreach (var (tensor, entry) in theirs.Entries)
        {
            Assert.Equal(entry.Shape, ours.Entries[tensor].Shape);
            if (ours.Entries[tensor].DataType != entry.DataType)
            {
                Assert.Equal(("output.weight", GgufType.Q4_0), (tensor, entry.DataType)); // the fixture has one type throughout
                continue;
            }
            worst = Math.Max(worst, Floats(theirs, entry).Zip(Floats(ours, entry), (a, b) => Math.Abs(a - b)).Max());
            alike++;
        }
        output.WriteLine(FormattableString.Invariant($"export: {name}: {alike} of {theirs.Entries.Count} tensors of the same type, largest difference of a weight {worst:g3}"));
        Assert.InRange(worst, 0, 1e-6);
    }

    private static string Text(object content) => content is Array items ? string.Join('\n', items.Cast<object>()) : $"{content}";

    private static float[] Floats(GgufReader file, GgufEntry entry)
    {
        var values = new float[entry.Elements];
        file.ReadFloats(entry.Name, values);
        return values;
    }

    private static (string Family, string Variant, string Type) Parts(string name)
    {
        var stem = Path.GetFileNameWithoutExtension(name);
        var (first, last) = (stem.IndexOf('-', StringComparison.Ordinal), stem.LastIndexOf('-'));
        return (stem[..first], stem[(first + 1)..last], stem[(last + 1)..]);
    }
}
