using System.Formats.Tar;
using System.IO.Compression;
using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors.Devices;

namespace Retort.Tests.Distillation.Teachers.Onnx;

/// <summary>A folder of the ONNX backend tests: a model, and sets of inputs with the outputs they must give.</summary>
/// <param name="name">Its folder.</param>
internal sealed class ConformanceCase(string name)
{
    /// <summary>Tolerances of the backend tests (onnx/backend/test/case/test_case.py).</summary>
    private const double Relative = 1e-3, Absolute = 1e-7;

    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>Every input and output is an array of numbers or truth values.</summary>
    public bool IsNumeric { get; private set; } = true;

    /// <summary>Operators of the model, joined; set when it was read.</summary>
    public string Operators { get; private set; } = "?";

    public static IReadOnlyList<ConformanceCase> ReadAll(string archive)
    {
        var cases = new SortedDictionary<string, ConformanceCase>(StringComparer.Ordinal);
        using var file = File.OpenRead(archive);
        using var content = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(content);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null) continue;
            var parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
            using var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            var folder = string.Join('/', parts.Take(2));
            if (!cases.TryGetValue(folder, out var found)) cases[folder] = found = new ConformanceCase(folder);
            found._files[string.Join('/', parts.Skip(2))] = bytes.ToArray();
        }
        return [.. cases.Values];
    }

    /// <summary>Null when all outputs agree, else what is wrong.</summary>
    public string? Run(Device device)
    {
        try
        {
            var model = OnnxReader.Read(_files["model.onnx"], name);
            Operators = string.Join("+", model.Graph.Nodes.Select(node => (node.Domain.Length == 0 ? "" : node.Domain + ":") + node.Operator)
                .Distinct().Order(StringComparer.Ordinal));
            IsNumeric = model.Graph.Inputs.Concat(model.Graph.Outputs).All(info => info.Type is not (OnnxType.Undefined or OnnxType.Text));
            using var program = new OnnxProgram(model, device);
            return _files.Keys.Where(key => key.Contains('/')).Select(key => key.Split('/')[0]).Distinct()
                .Select(set => Compare(program, model, set)).FirstOrDefault(failure => failure is not null);
        }
        catch (Exception error)
        {
            return error is Retort.Tensors.RetortException ? error.Message.Replace("\n  ", " | ") : error.ToString();
        }
    }

    private string? Compare(OnnxProgram program, OnnxModel model, string set)
    {
        var inputs = program.Inputs.Select((info, i) => Value($"{set}/input_{i}.pb", info)).ToArray();
        var outputs = program.Run(inputs);
        for (var i = 0; i < outputs.Count; i++)
            if (_files.ContainsKey($"{set}/output_{i}.pb")
                && Difference(outputs[i], Value($"{set}/output_{i}.pb", model.Graph.Outputs[i])) is { } difference)
                return $"output {i}: {difference}";
        return null;
    }

    private OnnxValue Value(string file, OnnxValueInfo info)
    {
        var bytes = _files[file];
        if (info.Type != OnnxType.Undefined) return OnnxArray.Of(OnnxReader.ReadTensor(bytes, file));
        var items = OnnxReader.ReadSequence(bytes, file).Items.Select(Value).ToArray();
        return !info.IsOptional ? new OnnxList(items) : items.Length == 0 ? OnnxNothing.Instance : items[0];
    }

    private static OnnxValue Value(object item) => item is OnnxTensor tensor ? OnnxArray.Of(tensor)
        : new OnnxList([.. ((OnnxSequence)item).Items.Select(Value)]);

    private static string? Difference(OnnxValue found, OnnxValue wanted) => (found, wanted) switch
    {
        (OnnxNothing, OnnxNothing) => null,
        (OnnxList a, OnnxList b) => a.Items.Count != b.Items.Count ? $"{a.Items.Count} items, not {b.Items.Count}"
            : a.Items.Zip(b.Items).Select(pair => Difference(pair.First, pair.Second)).FirstOrDefault(text => text is not null),
        (OnnxArray a, OnnxArray b) => Difference(a, b),
        _ => $"{found.GetType().Name}, not {wanted.GetType().Name}",
    };

    private static string? Difference(OnnxArray found, OnnxArray wanted)
    {
        if (found.Type != wanted.Type || !found.Shape.SequenceEqual(wanted.Shape))
            return $"{found.Type}[{string.Join(", ", found.Shape)}], not {wanted.Type}[{string.Join(", ", wanted.Shape)}]";
        for (var i = 0; i < found.Count; i++)
        {
            var (a, b) = (found.Elements.GetValue(i)!, wanted.Elements.GetValue(i)!);
            var same = a is float or double ? Close(Convert.ToDouble(a), Convert.ToDouble(b)) : Equals(a, b);
            if (!same) return $"element {i} of {found.Count} is {a}, not {b}";
        }
        return null;
    }

    private static bool Close(double a, double b) =>
        a.Equals(b) || Math.Abs(a - b) <= Absolute + Relative * Math.Abs(b);
}
