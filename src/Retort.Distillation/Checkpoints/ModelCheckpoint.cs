using System.Security.Cryptography;
using Retort.Formats.Files;
using Retort.Formats.HuggingFace;
using Retort.Formats.Onnx;
using Retort.Formats.Safetensors;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Students.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>
/// A finished model in a folder: model.safetensors (named tensors) and model.json (how to build it); for a model that began as an ONNX
/// graph also graph.onnx, the graph with the same numbers.
/// </summary>
public static class ModelCheckpoint
{
    public const string WeightsFile = "model.safetensors", DescriptionFile = "model.json", GraphFile = "graph.onnx";

    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, WeightsFile)) && File.Exists(Path.Combine(folder, DescriptionFile));

    /// <summary>Writes the files; the weights last, so that their presence means a whole checkpoint.</summary>
    public static void Save(string folder, Module module, ModelDescription description)
    {
        Directory.CreateDirectory(folder);
        if (module is OnnxStudent graph)
        {
            description = description with { Model = description.Model with { Path = GraphFile } };
            OnnxWriter.Write(Path.Combine(folder, GraphFile), graph.Written(description.ClassNames));
        }
        if (module is Bert encoder)
            EncoderConfigWriter.Write(Path.Combine(folder, CausalConfig.File), EncoderCheckpoint.ConfigOf(encoder, description.ClassNames));
        AtomicFile.WriteText(Path.Combine(folder, DescriptionFile), description.ToJson());
        var tensors = Named(module).Select(parameter =>
            SafetensorsTensor.FromFloats(parameter.Name, parameter.Shape.ToArray(),
                parameter.Value.Device.ToFloats(parameter.Value))).ToList();
        SafetensorsWriter.Write(Path.Combine(folder, WeightsFile), tensors, new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Builds the model and reads its numbers.</summary>
    /// <exception cref="RetortException">A file is missing, or tensors and description do not match.</exception>
    public static (Module Module, ModelDescription Description) Load(string folder, Device device)
    {
        var description = Describe(folder);
        var recipe = description.Model.Kind == "onnx"
            ? description.Model with { Path = Path.Combine(folder, GraphFile) }
            : description.Model;
        var module = ModelBuilder.Create(recipe, description.ExampleShape, description.Classes);
        module.Build(device, default);
        try
        {
            ReadWeights(Path.Combine(folder, WeightsFile), module);
            return (module, description);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    public static ModelDescription Describe(string folder)
    {
        foreach (var file in new[] { DescriptionFile, WeightsFile })
            if (!File.Exists(Path.Combine(folder, file)))
                throw new RetortException(folder, $"has no {file}.", $"{DescriptionFile} and {WeightsFile}, as Retort writes them.",
                    "point `path` at a student/, teacher/ or export/ folder of a run.");
        var path = Path.Combine(folder, DescriptionFile);
        return ModelDescription.FromJson(File.ReadAllText(path), path);
    }

    /// <summary>Bytes of the weights' file.</summary>
    public static long Bytes(string folder) => new FileInfo(Path.Combine(folder, WeightsFile)).Length;

    /// <summary>Copies a finished model of any layout, the weights last.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        CompanionFiles.Copy(from, to, Directory.EnumerateFiles(from).Select(path => Path.GetFileName(path)!)
            .OrderBy(file => file.EndsWith(".safetensors", StringComparison.Ordinal)).ThenBy(file => file, StringComparer.Ordinal));
    }

    /// <summary>SHA-256 over the files.</summary>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in FilesOf(folder)) hash.AppendData(File.ReadAllBytes(Path.Combine(folder, file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        ((string[])[GraphFile, DescriptionFile, WeightsFile]).Where(file => file != GraphFile || File.Exists(Path.Combine(folder, file)));

    private static IEnumerable<Parameter> Named(Module module) => module.Weights.Parameters.Concat(module.Weights.States);

    private static void ReadWeights(string path, Module module)
    {
        using var reader = SafetensorsReader.Open(path);
        var expected = Named(module).ToList();
        foreach (var parameter in expected)
        {
            if (!reader.Entries.TryGetValue(parameter.Name, out var entry))
                throw new RetortException(path, $"has no tensor '{parameter.Name}'.",
                    $"the {expected.Count} tensors that {DescriptionFile} describes.", "use the pair of files of one run.");
            if (!entry.Shape.AsSpan().SequenceEqual(parameter.Shape.ToArray()))
                throw new RetortException(path, $"tensor '{parameter.Name}' has shape [{string.Join(", ", entry.Shape)}].",
                    $"{parameter.Shape}, from {DescriptionFile}.", "use the pair of files of one run.");
            var values = new float[parameter.Shape.Count];
            reader.ReadFloats(parameter.Name, values);
            if (values.Any(value => !float.IsFinite(value)))
                throw new RetortException(path, $"tensor '{parameter.Name}' holds a value that is not finite.", "finite weights.",
                    "train the model again.");
            parameter.Value.Device.Write(parameter.Value, values);
        }
        if (reader.Entries.Keys.FirstOrDefault(name => expected.All(parameter => parameter.Name != name)) is { } surplus)
            throw new RetortException(path, $"has a tensor '{surplus}' that {DescriptionFile} does not describe.",
                $"{expected.Count} tensors.", "use the pair of files of one run.");
    }
}
