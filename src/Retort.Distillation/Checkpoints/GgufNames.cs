using System.Text.RegularExpressions;

namespace Retort.Checkpoints;

/// <summary>What GGUF files call the parameters of a causal model.</summary>
internal static partial class GgufNames
{
    /// <summary>Divisors of rotary frequencies, which are no parameter.</summary>
    public const string RotaryFactors = "rope_freqs.weight";

    public const string Head = "output.weight", Embedding = "token_embd.weight";

    /// <param name="parameter">Of a <see cref="Nn.Models.Gpt"/>.</param>
    /// <param name="outputNorms">Half blocks norm what they add; the norm behind attention is then not that before the gated layer.</param>
    public static string Of(string parameter, bool outputNorms)
    {
        var match = Layer().Match(parameter);
        if (!match.Success)
            return parameter switch
            {
                "model.embed_tokens.weight" => Embedding,
                "model.norm.weight" => "output_norm.weight",
                "lm_head.weight" => Head,
                _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter, "a parameter of a causal model"),
            };
        var place = match.Groups["place"].Value switch
        {
            "input_layernorm" => "attn_norm",
            "self_attn.q_proj" => "attn_q",
            "self_attn.k_proj" => "attn_k",
            "self_attn.v_proj" => "attn_v",
            "self_attn.o_proj" => "attn_output",
            "self_attn.q_norm" => "attn_q_norm",
            "self_attn.k_norm" => "attn_k_norm",
            "post_attention_layernorm" => outputNorms ? "post_attention_norm" : "ffn_norm",
            "pre_feedforward_layernorm" => "ffn_norm",
            "post_feedforward_layernorm" => "post_ffw_norm",
            "mlp.gate_proj" => "ffn_gate",
            "mlp.up_proj" => "ffn_up",
            "mlp.down_proj" => "ffn_down",
            var other => throw new ArgumentOutOfRangeException(nameof(parameter), other, "a place in a block"),
        };
        return $"blk.{match.Groups["number"].Value}.{place}.{match.Groups["kind"].Value}";
    }

    [GeneratedRegex(@"^model\.layers\.(?<number>\d+)\.(?<place>.+)\.(?<kind>weight|bias)$")]
    private static partial Regex Layer();
}
