using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// BERT-mini: width 256, 4 layers, 4 heads, hidden 1024, 512 positions, 8 classes. Word, position and segment embeddings from seeds
/// 1, 2, 3 with scale 0.05; pooler seed 4, classifier seed 5, and in layer l from 0 query, key, value, attention output, intermediate
/// and output seeds 10l + 10 … 10l + 15, all scale 0.06; biases 0, gains 1. Tokens from seed 7.
/// </summary>
internal static class BertModel
{
    public const string InferText = "BERT-mini, 128 tokens, " + Inference.Text;

    public const int Classes = 8;

    public static BenchmarkModel Create(Device device, int vocabulary = 30522, int layers = 4, int length = 128,
        int positions = 512)
    {
        var bert = new Bert(new BertShape(vocabulary, 256, layers, 4, 1024, positions, Classes));
        bert.Build(device, default);
        string[] tables = ["word", "position", "token_type"];
        for (var i = 0; i < tables.Length; i++) Fill(bert, $"bert.embeddings.{tables[i]}_embeddings", (uint)i + 1, 0.05);
        Fill(bert, "bert.pooler.dense", 4, 0.06);
        Fill(bert, "classifier", 5, 0.06);
        string[] parts = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
            "intermediate.dense", "output.dense"];
        for (var layer = 0; layer < layers; layer++)
            for (var i = 0; i < parts.Length; i++) Fill(bert, $"bert.encoder.layer.{layer}.{parts[i]}", (uint)(10 * layer + 10 + i), 0.06);
        return new BenchmarkModel(bert, 0)
        {
            MultiplyAdds = bert.MultiplyAddsOf(length),
            Inputs = (arena, batch) =>
                PeerNumbers.Given(arena, new Shape(batch, length), PeerNumbers.Integers(batch * length, 7, vocabulary)),
        };
    }

    private static void Fill(Bert bert, string name, uint seed, double scale) =>
        PeerNumbers.Fill(bert.Weights.Parameters.Single(parameter => parameter.Name == $"{name}.weight").Value, seed, scale);
}
