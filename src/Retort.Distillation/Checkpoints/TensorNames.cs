using System.Text.RegularExpressions;

namespace Retort.Checkpoints;

/// <summary>Names of tensors in published checkpoints, where they differ from those of our parameters.</summary>
internal static partial class TensorNames
{
    /// <summary>The parameter that a tensor of a causal model is; null = one that is computed, and need not be read.</summary>
    /// <param name="name">In the file.</param>
    /// <param name="tied">The head is the embedding: some files hold it twice.</param>
    public static string? Causal(string name, bool tied)
    {
        if (Computed().IsMatch(name) || (tied && name == "lm_head.weight")) return null;
        // a base model is stored without its outer name
        return name.StartsWith("model.", StringComparison.Ordinal) || name.StartsWith("lm_head.", StringComparison.Ordinal)
            ? name
            : "model." + name;
    }

    /// <summary>As above for encoders; BERT's first files called weights and biases of norms gamma and beta.</summary>
    public static string? Encoder(string name) => Computed().IsMatch(name) || SharedDecoder().IsMatch(name)
        ? null
        : name.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal)
            .Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);

    /// <summary>A masked-language model's last layer is the word embeddings, and its bias stands in the file twice.</summary>
    [GeneratedRegex(@"^(cls\.predictions\.decoder\.(weight|bias)|vocab_projector\.weight)$")]
    private static partial Regex SharedDecoder();

    [GeneratedRegex(@"\.(rotary_emb\.inv_freq|position_ids|masked_bias)$")]
    private static partial Regex Computed();
}
