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
/// graph also graph.onnx, the graph with the same numbers; for an encoder config.json, and for one of sentences what stands behind it.
/// </summary>
public static class ModelCheckpoint
{
    public const string WeightsFile = "model.safetensors", DescriptionFile = "model.json", GraphFile = "graph.onnx";

    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, WeightsFile)) && File.Exists(Path.Combine(folder, DescriptionFile));

    /// <summary>Writes the files; the weights last, so that their presence means a whole checkpoint.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="module">Built.</param>
    /// <param name="description">Of the model.</param>
    /// <param name="sentences">An encoder that makes one vector of a text, even where no layer of its own does.</param>
    public static void Save(string folder, Module module, ModelDescription description, bool sentences = false)
    {
        Directory.CreateDirectory(folder);
        if (module is OnnxStudent graph)
        {
            description = description with { Model = description.Model with { Path = GraphFile } };
            OnnxWriter.Write(Path.Combine(folder, GraphFile), graph.Written(description.ClassNames));
        }
        if (module is Bert encoder)
            EncoderConfigWriter.Write(Path.Combine(folder, CausalConfig.File),
                EncoderCheckpoint.ConfigOf(encoder, description.ClassNames, sentences));
        AtomicFile.WriteText(Path.Combine(folder, DescriptionFile), description.ToJson());
        foreach (var place in WeightsPlace.Of(module, folder, name => name).Reverse())
            SafetensorsWriter.Write(Path.Combine(place.Folder, WeightsFile), [.. place.Parameters.Select(parameter =>
                SafetensorsTensor.FromFloats(place.FileName(parameter.Name), parameter.Shape.ToArray(),
                    parameter.Value.Device.ToFloats(parameter.Value)))], new Dictionary<string, string> { ["format"] = "pt" });
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
            foreach (var place in WeightsPlace.Of(module, folder, name => name)) ReadWeights(place);
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

    /// <summary>Bytes of the weights' files.</summary>
    public static long Bytes(string folder) =>
        FilesOf(folder).Where(file => Path.GetFileName(file) == WeightsFile).Sum(file => new FileInfo(Path.Combine(folder, file)).Length);

    /// <summary>Copies a finished model of any layout, the weights last.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var part in Directory.EnumerateDirectories(from).Select(path => Path.GetFileName(path)!)) // what stands behind an encoder
            if (SentenceModules.Folders.Contains(part)) Copy(Path.Combine(from, part), Path.Combine(to, part));
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
        ((string[])[GraphFile, DescriptionFile, WeightsFile, Path.Combine(SentenceModules.DenseFolder, WeightsFile)])
            .Where(file => file is DescriptionFile or WeightsFile || File.Exists(Path.Combine(folder, file)));

    private static void ReadWeights(WeightsPlace place)
    {
        var path = Path.Combine(place.Folder, WeightsFile);
        using var reader = SafetensorsReader.Open(path);
        var expected = place.Parameters.Select(parameter =>
            (Name: place.FileName(parameter.Name), parameter.Shape, parameter.Value)).ToList();
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
