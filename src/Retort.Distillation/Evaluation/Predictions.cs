using Retort.Tensors;

namespace Retort.Evaluation;

/// <summary>What one model says about the test examples: raw logits at T = 1, row-major [N, C].</summary>
public sealed record Predictions(string Name, int Classes, float[] Logits)
{
    public int Examples => Classes > 0 ? Logits.Length / Classes : 0;

    public ReadOnlySpan<float> Row(int example) => Logits.AsSpan(example * Classes, Classes);

    /// <summary>The predicted class: the largest logit, the lower index on a tie.</summary>
    public int Top(int example)
    {
        var row = Row(example);
        var best = 0;
        for (var c = 1; c < row.Length; c++)
            if (row[c] > row[best])
                best = c;
        return best;
    }

    /// <summary>Refuses a wrong length and any logit that is not finite, naming the row.</summary>
    public void Check(int examples)
    {
        if (Classes < 1 || (long)examples * Classes != Logits.Length)
        {
            throw new RetortException($"predictions of {Name}",
                $"{Logits.Length} logits do not make {examples} rows of {Classes} classes.",
                $"expected {(long)examples * Math.Max(Classes, 1)} logits.",
                "evaluate the model on exactly the labelled test examples.");
        }

        for (var i = 0; i < Logits.Length; i++)
        {
            if (!float.IsFinite(Logits[i]))
            {
                throw new RetortException($"predictions of {Name}",
                    $"row {i / Classes}, class {i % Classes} has the logit {Logits[i]}.",
                    "every logit must be finite.",
                    "look at that example and at the last checkpoint: training may have diverged.");
            }
        }
    }
}
