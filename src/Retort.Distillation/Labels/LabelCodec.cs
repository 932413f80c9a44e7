namespace Retort.Labels;

/// <summary>What is kept of one teacher answer over a fixed set of C classes. Row layouts are in <see cref="LabelRowCodec"/>.</summary>
public enum LabelCodec
{
    /// <summary>The class with the largest logit: 4 bytes a row.</summary>
    Hard,

    /// <summary>All raw logits and their log-sum-exp, float32: 4·C + 4 bytes a row.</summary>
    Dense,

    /// <summary>TRUE log-probabilities (temperature 1, normalised over all C) of some classes, and the mass of the rest.</summary>
    TopK,
}
