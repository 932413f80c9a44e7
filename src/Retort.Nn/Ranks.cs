using Retort.Tensors;

namespace Retort.Nn;

/// <summary>Ranks of a model's weight matrices: W [outputs, inputs] becomes the product of [outputs, rank] and [rank, inputs].</summary>
public static class Ranks
{
    /// <param name="ranks">None: all matrices are whole; one for all of them; or one for each, 0 = whole.</param>
    /// <param name="matrices">How many matrices the model has.</param>
    /// <exception cref="RetortException">There are ranks for another number of matrices.</exception>
    public static void Check(IReadOnlyList<int> ranks, int matrices)
    {
        if (ranks.Count > 1 && ranks.Count != matrices)
            throw new RetortException("model.ranks", $"{ranks.Count} ranks for {matrices} weight matrices (hidden layers or blocks, and the output).",
                "one for all of them, or one for each.", "0 leaves a matrix whole.");
    }

    /// <summary>The rank of one matrix; 0 = whole, as is every matrix whose two factors would have as many numbers as itself.</summary>
    /// <param name="ranks">As in <see cref="Check"/>.</param>
    /// <param name="matrix">Its place, from the input on.</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns; of a convolution, the inputs times the window.</param>
    public static int Of(IReadOnlyList<int> ranks, int matrix, long outputs, long inputs)
    {
        long rank = ranks.Count == 0 ? 0 : ranks[ranks.Count == 1 ? 0 : matrix];
        return rank * (outputs + inputs) < outputs * inputs ? (int)rank : 0;
    }
}
