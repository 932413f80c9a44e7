using System.Numerics.Tensors;
using Retort.Checkpoints;

namespace Retort.Grading.Similarity;

/// <summary>
/// Cosine of the vectors that a model makes of two texts: u·v of unit vectors, where below 0 counts as 0. What it says is as good as the
/// model: two texts may mean the same without a word in common, or be near and say the opposite.
/// </summary>
/// <param name="model">Makes the vectors; lives as long as its owner.</param>
public sealed class EmbeddingCosine(SentenceModel model) : ITextSimilarity
{
    public bool Takes(string text) => model.Fits(text);

    public double Of(string candidate, string reference) =>
        Math.Clamp(TensorPrimitives.Dot<float>(Vector(candidate), Vector(reference)), 0, 1);

    private float[] Vector(string text) => model.Embed(model.Tokens(text, "a text"));
}
