using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// A GPT of width 256, 4 layers, 4 heads, gated hidden 688, with a head of its own. Embedding from seed 1 with scale 0.5, head seed 2
/// scale 0.06; in layer l from 0 queries, keys and values as one [768, 256] from seed 10l + 10, output + 1, gate and up as one
/// [1376, 256] + 2, all scale 0.06, down + 3 scale 0.04; gains 1.
/// </summary>
internal static class GptModel
{
    private const int Width = 256, Hidden = 688, Heads = 4;

    public static Gpt Create(Device device, int vocabulary = 8192, int layers = 4, int tokens = 128)
    {
        var gpt = new Gpt(new GptShape(vocabulary, Width, layers, Heads, Heads, Width / Heads, Hidden, tokens));
        gpt.Build(device, default);
        Fill(gpt, "model.embed_tokens", 1, 0.5, vocabulary);
        Fill(gpt, "lm_head", 2, 0.06, vocabulary);
        for (var layer = 0; layer < layers; layer++)
        {
            var (name, seed) = ($"model.layers.{layer}", (uint)(10 * layer + 10));
            Fill(gpt, $"{name}.self_attn.q_proj", seed, 0.06, 3 * Width);
            Fill(gpt, $"{name}.self_attn.o_proj", seed + 1, 0.06, Width);
            Fill(gpt, $"{name}.mlp.gate_proj", seed + 2, 0.06, 2 * Hidden);
            Fill(gpt, $"{name}.mlp.down_proj", seed + 3, 0.04, Width, Hidden);
        }
        return gpt;
    }

    /// <summary>So many rows from the beginning of a weight: its neighbours in the flat buffer too where they were drawn as one.</summary>
    private static void Fill(Gpt gpt, string name, uint seed, double scale, int rows, int columns = Width)
    {
        var first = gpt.Weights.Parameters.Single(parameter => parameter.Name == $"{name}.weight");
        PeerNumbers.Fill(gpt.Weights.Flat.Part(first.Offset, new Shape(rows, columns)), seed, scale);
    }
}
