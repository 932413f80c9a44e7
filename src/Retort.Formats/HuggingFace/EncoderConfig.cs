namespace Retort.Formats.HuggingFace;

/// <summary>Families of encoders.</summary>
public enum EncoderFamily { Bert, DistilBert }

/// <summary>What config.json says of an encoder with a classifier, or with a head that says which tokens were masked.</summary>
/// <param name="Family">Which names its settings and tensors have.</param>
/// <param name="VocabularySize">Tokens.</param>
/// <param name="HiddenSize">Of the residual stream; a multiple of Heads.</param>
/// <param name="IntermediateSize">Of the layer between.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Of attention.</param>
/// <param name="Positions">Longest text in tokens.</param>
/// <param name="Classes">Their names, by number.</param>
/// <param name="TokenTypes">Kinds of tokens; 0 in DistilBERT.</param>
/// <param name="NormEpsilon">Of the norms.</param>
/// <param name="Activation">gelu, relu or silu.</param>
/// <param name="PadToken">What fills short texts; null = not named.</param>
/// <param name="StoredType">float32, float16 or bfloat16.</param>
public sealed record EncoderConfig(EncoderFamily Family, int VocabularySize, int HiddenSize, int IntermediateSize, int Layers, int Heads,
    int Positions, IReadOnlyList<string> Classes, int TokenTypes, double NormEpsilon, string Activation, int? PadToken, string StoredType)
{
    /// <summary>It says which tokens were masked; its classes do not count.</summary>
    public bool Masked { get; init; }

    /// <summary>What makes one vector of a text, which stands in modules.json beside it; null = nothing does.</summary>
    public SentenceModules? Sentences { get; init; }

    /// <summary>The class of transformers that opens it.</summary>
    internal string Architecture => $"{Family}For{(Masked ? "MaskedLM" : "SequenceClassification")}";

    /// <summary>Whether a config.json is that of an encoder of these families.</summary>
    public static bool IsOne(string path) => EncoderConfigReader.IsOne(path);

    /// <summary>config.json, and modules.json where it stands beside.</summary>
    /// <exception cref="FormatException">No config of an encoder that is known, or one with a setting that is not.</exception>
    public static EncoderConfig Read(string path)
    {
        var config = EncoderConfigReader.Read(path);
        return config with { Sentences = SentenceModules.Read(Path.GetDirectoryName(Path.GetFullPath(path))!, config.HiddenSize) };
    }
}
