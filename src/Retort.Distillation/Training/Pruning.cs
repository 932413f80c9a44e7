using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>
/// Weights of matrices and convolutions become 0 by and by, the smallest first, and stay 0: the share that is 0 after a share x of the way
/// from <c>from</c> to <c>until</c> is sparsity · (1 − (1 − x)³) (Zhu and Gupta 2017, eq. 1). Biases and norms are left alone. What is 0
/// says which are cut, so a resumed run needs nothing more.
/// </summary>
public sealed class Pruning : IDisposable
{
    private readonly PruneRecipe _recipe;
    private readonly Weights _weights;
    private readonly Arena _arena;
    private readonly Tensor _mask;
    private float[] _kept = [];

    /// <param name="recipe">How much, and when.</param>
    /// <param name="weights">Of the model that learns.</param>
    public Pruning(PruneRecipe recipe, Weights weights)
    {
        (_recipe, _weights) = (recipe, weights);
        _arena = weights.Flat.Device.CreateArena("pruning");
        _mask = _arena.Allocate(weights.Flat.Shape);
    }

    /// <summary>Share of the prunable weights that should be 0 after a share of the training.</summary>
    public static double Sparsity(PruneRecipe recipe, double progress)
    {
        var x = Math.Clamp((progress - recipe.From) / (recipe.Until - recipe.From), 0, 1);
        return recipe.Sparsity * (1 - Math.Pow(1 - x, 3));
    }

    /// <summary>Cuts what is due and keeps what is cut at 0.</summary>
    /// <param name="updates">Done so far.</param>
    /// <param name="total">Of the training.</param>
    public void After(long updates, long total)
    {
        if (_kept.Length == 0 || updates % _recipe.Every == 0 || updates == total) Cut(Sparsity(_recipe, (double)updates / total));
        long[] one = [1];
        _weights.Flat.Device.Kernels.Combine(Binary.Multiply, _weights.Flat.Storage, one, _mask.Storage, one, _weights.Flat.Storage,
            [_weights.Flat.Shape.Count]);
    }

    /// <summary>How many of the prunable weights are 0, and how many there are.</summary>
    public static (long Zero, long All) Count(Weights weights)
    {
        var values = Prunable(weights).SelectMany(parameter => parameter.Value.Device.ToFloats(parameter.Value)).ToList();
        return (values.Count(value => value == 0), values.Count);
    }

    /// <summary>Those that were 0 stay so: no weight is smaller.</summary>
    private void Cut(double sparsity)
    {
        var device = _weights.Flat.Device;
        var values = device.ToFloats(_weights.Flat);
        _kept = new float[values.Length];
        Array.Fill(_kept, 1);
        int[] places = [.. Prunable(_weights).SelectMany(parameter => Enumerable.Range((int)parameter.Offset, (int)parameter.Shape.Count))];
        var sizes = Array.ConvertAll(places, place => Math.Abs(values[place]));
        Array.Sort(sizes, places);
        var cut = Math.Max((int)Math.Round(sparsity * places.Length), sizes.Count(size => size == 0));
        foreach (var place in places.AsSpan(0, cut)) _kept[place] = 0;
        device.Write(_mask, _kept);
    }

    private static IEnumerable<Parameter> Prunable(Weights weights) => weights.Parameters.Where(parameter =>
        parameter.Shape.Rank > 1 && !parameter.IsHeld);

    public void Dispose() => _arena.Dispose();
}
