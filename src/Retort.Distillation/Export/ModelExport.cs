using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Formats.HuggingFace;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>
/// A model of texts, from wherever it lies, in files that other tools open. Every file is read back by our own reader and asked about a
/// few texts; one that answers otherwise than the model is an error. A file is there whole or not at all, whenever the export is killed.
/// </summary>
public static class ModelExport
{
    internal const string OnnxFolder = "onnx";

    /// <summary>Texts of three kinds, of which exports must know what the model knows.</summary>
    internal static IReadOnlyList<string> Texts { get; } =
    [
        "The teacher answers first, and the student learns from every word of the answer.",
        "def area(radius):\n    return 3.14159 * radius ** 2",
        "Où est la bibliothèque ? 12 × 12 = 144.",
    ];

    /// <summary>Whether a path is what <see cref="Write"/> exports.</summary>
    public static bool IsModel(string path) => path.EndsWith(LanguageModel.GgufEnd, StringComparison.OrdinalIgnoreCase)
        || File.Exists(Path.Combine(path, CausalConfig.File));

    /// <param name="model">A folder in the Hugging Face layout, or a .gguf file.</param>
    /// <param name="target">The folder of the exports; made if it is not there.</param>
    /// <param name="formats">What to write.</param>
    /// <param name="device">Where the models live.</param>
    /// <returns>What each export answered when it was read back.</returns>
    /// <exception cref="RetortException">The model has no such form; formats before that one have been written.</exception>
    /// <exception cref="RunFailedException">An export does not answer like the model.</exception>
    public static IReadOnlyList<RoundTrip> Write(string model, string target, IReadOnlyList<ExportFormat> formats, Device device)
    {
        if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)))
            throw new RetortException(target, "is the model's own folder.", "another one: its files would be written over.");
        AtomicFile.DeleteLeftovers(target);
        var config = Path.Combine(model, CausalConfig.File);
        if (File.Exists(config) && EncoderConfig.IsOne(config)) return EncoderExport.Write(model, target, formats, device);
        using var language = LanguageModel.Open(model, device);
        return LanguageExport.Write(language, model, target, formats, device);
    }

    /// <summary>What says how texts are read and written.</summary>
    internal static void CopyTexts(string from, string to)
    {
        Directory.CreateDirectory(to);
        CompanionFiles.CopyTokenizer(from, to);
    }
}
