using Retort.Tensors;

namespace Retort.Nn.Adapters;

/// <summary>How a model's linear layers are adapted.</summary>
/// <param name="Rank">Columns of B and rows of A.</param>
/// <param name="Scale">B·A is multiplied by Scale/Rank; PEFT calls it lora_alpha.</param>
public sealed record LowRankOptions(int Rank, double Scale)
{
    /// <summary>Every linear layer but the one that answers.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Names of layers, or the last words of their paths: q_proj, v_proj; or <see cref="AllLinear"/>.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [AllLinear];

    /// <summary>Layers of which a whole copy learns, named as <see cref="Targets"/>; null = the classifier, where there is one.</summary>
    public IReadOnlyList<string>? Whole { get; init; }

    /// <summary>Share of the inputs of A that is dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Divide by √Rank instead of Rank (Kalajdzievski 2023, rsLoRA, arXiv 2312.03732).</summary>
    public bool RankStabilised { get; init; }

    /// <summary>What B·A is multiplied by.</summary>
    public double Factor => Scale / (RankStabilised ? Math.Sqrt(Rank) : Rank);

    /// <exception cref="RetortException">A number that makes no sense, or no target.</exception>
    public void Check(string location)
    {
        if (Rank < 1) throw new RetortException(location, $"rank is {Rank}.", "1 or more.");
        if (!(Scale > 0 && double.IsFinite(Scale)))
            throw new RetortException(location, $"scale is {Scale:R}.", "above 0; once or twice the rank is usual.");
        if (Dropout is not (>= 0 and < 1)) throw new RetortException(location, $"dropout is {Dropout:R}.", "at least 0, below 1.");
        if (Targets.Count == 0)
            throw new RetortException(location, "no layer is named in targets.", $"names such as q_proj, v_proj, or {AllLinear}.");
    }
}
