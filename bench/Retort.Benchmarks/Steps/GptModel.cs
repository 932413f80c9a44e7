using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// GPTs with a head of their own: of width 256, 4 layers, 4 heads, gated hidden 688, or of width 384, 6 layers, 6 heads, gated hidden
/// 1024. Embedding from seed 1 with scale 0.5, head seed 2 scale 0.06; in layer l from 0 queries, keys and values as one
/// [3 · width, width] from seed 10l + 10, output + 1, gate and up as one [2 · hidden, width] + 2, all scale 0.06, down + 3 scale 0.04;
/// gains 1.
/// </summary>
internal static class GptModel
{
    private const int HeadWidth = 64;

    public static Gpt Create(Device device, int vocabulary = 8192, int layers = 4, int tokens = 128) =>
        Of(device, new GptShape(vocabulary, 256, layers, 4, 4, HeadWidth, 688, tokens));

    public static Gpt CreateLlama(Device device, int tokens = 128) =>
        Of(device, new GptShape(8192, 384, 6, 6, 6, HeadWidth, 1024, tokens));

    private static Gpt Of(Device device, GptShape shape)
    {
        var (layers, width, hidden) = (shape.Layers, shape.Width, shape.Hidden);
        var gpt = new Gpt(shape);
        gpt.Build(device, default);
        Fill(gpt, "model.embed_tokens", 1, 0.5, shape.Vocabulary, width);
        Fill(gpt, "lm_head", 2, 0.06, shape.Vocabulary, width);
        for (var layer = 0; layer < layers; layer++)
        {
            var (name, seed) = ($"model.layers.{layer}", (uint)(10 * layer + 10));
            Fill(gpt, $"{name}.self_attn.q_proj", seed, 0.06, 3 * width, width);
            Fill(gpt, $"{name}.self_attn.o_proj", seed + 1, 0.06, width, width);
            Fill(gpt, $"{name}.mlp.gate_proj", seed + 2, 0.06, 2 * hidden, width);
            Fill(gpt, $"{name}.mlp.down_proj", seed + 3, 0.04, width, hidden);
        }
        return gpt;
    }

    /// <summary>So many rows from the beginning of a weight: its neighbours in the flat buffer too where they were drawn as one.</summary>
    private static void Fill(Gpt gpt, string name, uint seed, double scale, int rows, int columns)
    {
        var first = gpt.Weights.Parameters.Single(parameter => parameter.Name == $"{name}.weight");
        PeerNumbers.Fill(gpt.Weights.Flat.Part(first.Offset, new Shape(rows, columns)), seed, scale);
    }
}
