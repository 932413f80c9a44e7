using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Formats.Files;

namespace Retort.Formats.HuggingFace;

/// <summary>
/// What stands behind an encoder that makes one vector of a text, in the layout of sentence-transformers: modules.json names the mean over
/// the tokens, a linear layer where there is one, and length 1. See spec.md.
/// </summary>
/// <param name="Width">Of the encoder's states.</param>
/// <param name="Embedding">Outputs of the linear layer; 0 = there is none.</param>
public sealed record SentenceModules(int Width, int Embedding)
{
    public const string File = "modules.json", PoolingFolder = "1_Pooling", DenseFolder = "2_Dense";
    private const string NormalizeFolder = "3_Normalize", NormalizeWithoutDense = "2_Normalize";

    /// <summary>Folders of the parts.</summary>
    public static IReadOnlyList<string> Folders { get; } = [PoolingFolder, DenseFolder, NormalizeFolder, NormalizeWithoutDense];

    /// <summary>The linear layer's tensors, in model.safetensors of its folder.</summary>
    public const string Weight = "linear.weight", Bias = "linear.bias";

    private const string Config = "config.json", Kinds = "sentence_transformers.models.", Identity = "torch.nn.modules.linear.Identity";
    private const string Expected = "Transformer, Pooling, Dense where there is one, Normalize, in folders of these names";
    private const int ShownLetters = 60;
    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Kinds and folders of the parts, in the order in which they act.</summary>
    private IReadOnlyList<(string Kind, string Folder)> Parts => Embedding > 0
        ? [("Transformer", ""), ("Pooling", PoolingFolder), ("Dense", DenseFolder), ("Normalize", NormalizeFolder)]
        : [("Transformer", ""), ("Pooling", PoolingFolder), ("Normalize", NormalizeWithoutDense)];

    /// <param name="folder">Of the encoder.</param>
    /// <param name="width">Of the encoder's states.</param>
    /// <returns>Null where it has no modules.json.</returns>
    /// <exception cref="FormatException">Parts that this version does not compute, or that do not fit the encoder.</exception>
    public static SentenceModules? Read(string folder, int width)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path)) return null;
        var named = ConfigObject.OpenList(path).Select(part => (Kind: part.Text("type") ?? "", Folder: part.Text("path") ?? "")).ToList();
        var dense = named.Any(part => part.Folder == DenseFolder);
        var read = new SentenceModules(width, dense ? 1 : 0);
        if (!named.SequenceEqual(read.Parts.Select(part => (Kinds + part.Kind, part.Folder))))
            throw new FormatException(path, $"the parts are {string.Join(", ", named.Take(8).Select(Described))}",
                $"expected {Expected}", "another part would make other vectors: take it out, or train again");
        ReadPooling(ConfigObject.Open(Path.Combine(folder, PoolingFolder, Config)), width);
        return dense ? read with { Embedding = ReadDense(ConfigObject.Open(Path.Combine(folder, DenseFolder, Config)), width) } : read;
    }

    private static string Described((string Kind, string Folder) part) => $"{Short(part.Kind)} in '{Short(part.Folder)}'";

    private static string Short(string text) => text.Length > ShownLetters ? text[..ShownLetters] + "…" : text;

    /// <summary>Writes everything but the linear layer's numbers; modules.json last.</summary>
    /// <param name="folder">Of the encoder; it must exist.</param>
    public void Write(string folder)
    {
        foreach (var (_, part) in Parts) Directory.CreateDirectory(Path.Combine(folder, part));
        AtomicFile.WriteText(Path.Combine(folder, PoolingFolder, Config), CausalConfigWriter.Text(json =>
        {
            json.WriteNumber("word_embedding_dimension", Width);
            json.WriteBoolean("pooling_mode_cls_token", false);
            json.WriteBoolean("pooling_mode_mean_tokens", true);
            json.WriteBoolean("pooling_mode_max_tokens", false);
            json.WriteBoolean("pooling_mode_mean_sqrt_len_tokens", false);
        }));
        if (Embedding > 0)
            AtomicFile.WriteText(Path.Combine(folder, DenseFolder, Config), CausalConfigWriter.Text(json =>
            {
                json.WriteNumber("in_features", Width);
                json.WriteNumber("out_features", Embedding);
                json.WriteBoolean("bias", true);
                json.WriteString("activation_function", Identity);
            }));
        AtomicFile.WriteText(Path.Combine(folder, File), List());
    }

    private static void ReadPooling(ConfigObject pooling, int width)
    {
        CheckWidth(pooling, "word_embedding_dimension", width);
        if (!pooling.Flag("pooling_mode_mean_tokens", true))
            throw pooling.Refused("pooling_mode_mean_tokens", "false", "true: the mean over the tokens");
        pooling.PassOver("include_prompt"); // there is none
        pooling.RefuseUnread();
    }

    private static int ReadDense(ConfigObject dense, int width)
    {
        CheckWidth(dense, "in_features", width);
        var outputs = dense.Whole("out_features", CausalConfigReader.Largest);
        if (!dense.Flag("bias", true)) throw dense.Refused("bias", "false", "true: a layer with biases");
        dense.Word("activation_function", Identity, Identity);
        dense.RefuseUnread();
        return outputs;
    }

    private static void CheckWidth(ConfigObject part, string key, int width)
    {
        var said = part.Whole(key, CausalConfigReader.Largest);
        if (said != width) throw part.Refused(key, $"{said}", $"{width}, the width of the encoder beside it");
    }

    private string List()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartArray();
            foreach (var (number, (kind, folder)) in Parts.Index())
            {
                json.WriteStartObject();
                json.WriteNumber("idx", number);
                json.WriteString("name", $"{number}");
                json.WriteString("path", folder);
                json.WriteString("type", Kinds + kind);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
