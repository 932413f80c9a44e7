namespace Retort.Tensors.Devices;

public enum Activation { None, Relu, Gelu, Silu, Tanh }

/// <summary>Element-wise functions of one value. Gelu is the erf form, GeluTanh the approximation.</summary>
public enum Unary
{
    Negate, Absolute, Exp, Log, Square, SquareRoot, ReciprocalSquareRoot, Relu, Gelu, GeluTanh, Silu, Sigmoid, Tanh, Softplus,
    LeakyRelu, Elu, HardSwish, Mish, Clamp,
}

public enum Binary { Add, Subtract, Multiply, Divide, Maximum, Minimum }

public enum Reduction { Sum, Mean, Maximum, LogSumExp, Variance, L2Norm }

/// <summary>Two-dimensional windows: convolution and pooling. Images are [N, C, H, W].</summary>
public readonly record struct Window(
    long Batch, long InputChannels, long InputHeight, long InputWidth,
    long OutputChannels, long OutputHeight, long OutputWidth,
    int KernelHeight, int KernelWidth, int Stride, int Padding, int Dilation, int Groups);

/// <summary>What a row loss compares the student with, beside the hard label.</summary>
public enum SoftLoss { None, ForwardKl, ReverseKl, JensenShannon, LogitMeanSquaredError }

/// <summary>The form of the teacher's answer: dense logits or probabilities [N, V], or sparse ids and TRUE log-probabilities [N, K] with the tail mass [N].</summary>
public enum TeacherForm { Logits, Probabilities, TopK }

/// <summary>What happens to the mass that truncated labels left out (engine.md 6.6; DESIGN section 6).</summary>
public enum TailMode { TailBucket, Renormalise, Ignore, UniformTail }

/// <summary>
/// One pass over the rows of the logits: loss = hardWeight·CE + softWeight·T²·divergence, mean over counted rows.
/// LogitMeanSquaredError has no T² and is the mean over all elements.
/// </summary>
public readonly record struct RowLossTerms(
    double HardWeight, double LabelSmoothing, int IgnoreLabel,
    SoftLoss Soft, double SoftWeight, double Temperature, double TeacherWeight, TeacherForm Form, TailMode Tail)
{
    public static RowLossTerms HardOnly(double labelSmoothing = 0) =>
        new(1, labelSmoothing, -100, SoftLoss.None, 0, 1, 0.5, TeacherForm.Logits, TailMode.TailBucket);

    public static RowLossTerms SoftOnly(SoftLoss soft, double temperature, TeacherForm form = TeacherForm.Logits) =>
        new(0, 0, -100, soft, 1, temperature, 0.5, form, TailMode.TailBucket);
}

/// <summary>Memory of a row loss. Buffers that a loss does not need are default.</summary>
/// <param name="Logits">[rows, classes] student logits.</param>
/// <param name="Gradient">[rows, classes] receives dL/dlogits of the weighted mean; may be the logits themselves; default = no gradient.</param>
/// <param name="Labels">[rows] int32 classes.</param>
/// <param name="Teacher">[rows, classes] dense, or [rows, kept] log-probabilities.</param>
/// <param name="TeacherIds">[rows, kept] int32, ascending, −1 = unused; top-k only.</param>
/// <param name="TailMass">[rows] 1 − Σ kept; top-k only.</param>
/// <param name="HardLosses">[rows] unweighted cross-entropy of each row (0 where ignored).</param>
/// <param name="SoftLosses">[rows] unweighted divergence of each row, T² included.</param>
public readonly record struct RowLossBuffers(
    Storage Logits, Storage Gradient, Storage Labels, Storage Teacher, Storage TeacherIds, Storage TailMass, Storage HardLosses, Storage SoftLosses);
