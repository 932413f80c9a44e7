using System.Text.Json.Serialization;

namespace Retort.Recipes;

/// <summary>The description of a model: enough to build it again.</summary>
public sealed record ModelRecipe
{
    /// <summary>
    /// <c>mlp</c>, <c>conv-net</c>, <c>onnx</c>; on graphs <c>gcn</c>, <c>graph-sage</c>, <c>gat</c>; of texts <c>gpt</c>, <c>bert</c>,
    /// <c>hashed-n-grams</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>onnx: the .onnx file that it begins as; null = another kind.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Path { get; init; }

    /// <summary>
    /// gpt: <c>teacher</c>, whose shape it has, or the folder of a model that it begins as; sizes that are not said are that model's.
    /// Null = all sizes are said.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>mlp, hashed-n-grams and graph models: widths of the hidden layers; gpt: that of the gated layer, empty = 8/3 of
    /// width; bert: that of the layer between, empty = 4 of width.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>conv-net: channels of each 3×3 block (convolution, batch norm, activation, 2×2 max pool).</summary>
    public IReadOnlyList<int> Channels { get; init; } = [];

    /// <summary>conv-net: a classifier after each block but the last, which stays in the exported student.</summary>
    public bool Exits { get; init; }

    /// <summary>
    /// mlp and conv-net: ranks of the weight matrices (hidden layers or blocks, then the output), one for all or one for each; a matrix
    /// whose two factors would not be smaller stays whole, as one of rank 0 does. Empty = all are whole.
    /// </summary>
    public IReadOnlyList<int> Ranks { get; init; } = [];

    /// <summary>gat: heads of a hidden layer, side by side in its width; gpt, bert: heads of queries, side by side in width.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>gpt, bert: of the residual stream; hashed-n-grams: of the sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Width { get; init; }

    /// <summary>gpt, bert: blocks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Layers { get; init; }

    /// <summary>gpt: heads of keys and values, of which heads is a multiple; 0 = as many.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int KeyValueHeads { get; init; }

    /// <summary>gpt: longest context; 0 = data.contextLength.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Positions { get; init; }

    /// <summary>gpt: the head is the embedding.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TiedHead { get; init; }

    /// <summary>bert: tokens it has a row for; 0 = those of the data's tokenizer. hashed-n-grams: buckets; 0 = data.hashed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Vocabulary { get; init; }

    /// <summary>bert: width of a text's embedding, by a layer behind the mean of its tokens; 0 = width, and no layer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Embedding { get; init; }

    /// <summary><c>relu</c>, <c>gelu</c>, <c>silu</c>, <c>tanh</c>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>Dropout after each hidden layer, in [0, 1).</summary>
    public double Dropout { get; init; }
    public double InputDropout { get; init; }

    /// <summary>It answers about nodes and looks at their neighbours.</summary>
    [JsonIgnore]
    public bool OnGraph => Kind is "gcn" or "graph-sage" or "gat";

    /// <summary>It reads and writes tokens.</summary>
    [JsonIgnore]
    public bool IsLanguage => Kind == "gpt";

    /// <summary>It reads a whole text and answers one class.</summary>
    [JsonIgnore]
    public bool IsEncoder => Kind == "bert";

    /// <summary>It reads hashes of n-grams and answers one class.</summary>
    [JsonIgnore]
    public bool IsHashed => Kind == "hashed-n-grams";

    /// <summary>It classifies texts.</summary>
    [JsonIgnore]
    public bool ReadsTexts => IsEncoder || IsHashed;

    /// <summary>It has values before a last linear layer that others may call too.</summary>
    [JsonIgnore]
    public bool HasLast => this is { Kind: "conv-net" } or { Kind: "mlp", Hidden.Count: > 0 };
}
