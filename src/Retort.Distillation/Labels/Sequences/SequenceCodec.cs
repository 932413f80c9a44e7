namespace Retort.Labels.Sequences;

/// <summary>What is kept of a teacher's answer after one token. Row layouts stand with each codec.</summary>
public enum SequenceCodec
{
    /// <summary>True log-probabilities as f16: <see cref="TopKHalfCodec"/>.</summary>
    TopKHalf,

    /// <summary>True log-probabilities in steps of 1/12: <see cref="TopKByteCodec"/>.</summary>
    TopKByte,

    /// <summary>Tokens drawn from the teacher: <see cref="SampledCodec"/>.</summary>
    Sampled,

    /// <summary>Any numbers as f16, for instance hidden values: <see cref="DenseHalfCodec"/>.</summary>
    DenseHalf,
}
