using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>What a config says, as sizes of a model; what only the family's name says is written out.</summary>
internal static class CausalShape
{
    public static GptShape Of(CausalConfig config)
    {
        var gemma = config.Family == CausalFamily.Gemma3;
        return new GptShape(config.VocabularySize, config.HiddenSize, config.Layers, config.Heads, config.KeyValueHeads, config.HeadWidth,
            config.IntermediateSize, config.Positions, config.TiedHead, config.NormEpsilon)
        {
            AttentionBias = config.AttentionBias, OutputBias = config.OutputBias, HiddenBias = config.FeedForwardBias,
            HeadNorms = gemma || config.Family == CausalFamily.Qwen3, OutputNorms = gemma, NormOffset = gemma ? 1 : 0,
            EmbeddingScale = gemma ? Math.Sqrt(config.HiddenSize) : 1,
            Gate = config.Activation switch
            {
                "gelu" => Unary.Gelu,
                "gelu_pytorch_tanh" => Unary.GeluTanh,
                "relu" => Unary.Relu,
                _ => Unary.Silu,
            },
            AttentionScale = config.QueryScalar is { } scalar ? 1 / Math.Sqrt(scalar) : null,
            Rotary = Angles(config.Rope, config.HeadWidth),
            WindowRotary = config.WindowRope is { } rope ? Angles(rope, config.HeadWidth) : null,
            Windows = config.Windows.All(window => window == 0) ? null : config.Windows,
        };
    }

    private static RotaryAngles Angles(RopeConfig rope, int width)
    {
        var plain = RotaryFrequencies.Of(width, rope.Theta);
        return rope.Kind switch
        {
            RopeKind.Linear => new(RotaryFrequencies.Linear(plain, rope.Factor)),
            RopeKind.Llama3 => new(RotaryFrequencies.Llama3(plain, rope.Factor, rope.LowTurns, rope.HighTurns, rope.Context)),
            RopeKind.Yarn => new(RotaryFrequencies.Yarn(width, rope.Theta, rope.Factor, rope.LowTurns, rope.HighTurns, rope.Context,
                rope.WholePairs), rope.Attention),
            _ => new(plain),
        };
    }
}
