namespace Retort.Formats.HuggingFace;

/// <summary>Families of causal language models.</summary>
public enum CausalFamily { Llama, Qwen2, Qwen3, Gemma3 }

/// <summary>What config.json says of a causal language model, in one spelling.</summary>
public sealed record CausalConfig
{
    public const string File = "config.json";

    public required CausalFamily Family { get; init; }
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }

    /// <summary>Of keys and values; <see cref="Heads"/> is a multiple.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Numbers of one head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Longest context.</summary>
    public required int Positions { get; init; }

    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The head is the embedding.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Queries, keys and values have biases; with <see cref="OutputBias"/> what attention gives has one too.</summary>
    public bool AttentionBias { get; init; }
    public bool OutputBias { get; init; }

    /// <summary>The layers of the feed-forward half have biases.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>silu, gelu, gelu_pytorch_tanh or relu.</summary>
    public string Activation { get; init; } = "silu";

    public required RopeConfig Rope { get; init; }

    /// <summary>Of layers with a window; null = as the others.</summary>
    public RopeConfig? WindowRope { get; init; }

    /// <summary>For each layer how many keys a query sees, itself included; 0 = all.</summary>
    public required IReadOnlyList<int> Windows { get; init; }

    /// <summary>Scores are products divided by its root; null = by that of the head's width.</summary>
    public double? QueryScalar { get; init; }

    public int? BeginToken { get; init; }

    /// <summary>Any of them ends an answer.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];
    public int? PadToken { get; init; }

    /// <summary>float32, float16 or bfloat16: what the weights' file held.</summary>
    public string StoredType { get; init; } = "float32";

    /// <exception cref="FormatException">No config of a model that is known, or one with a setting that is not.</exception>
    public static CausalConfig Read(string path) => CausalConfigReader.Read(path);
}
