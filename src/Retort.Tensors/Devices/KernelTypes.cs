namespace Retort.Tensors.Devices;

public enum Activation { None, Relu, Gelu, Silu, Tanh }

/// <summary>Element-wise functions of one value. Gelu is the erf form, GeluTanh the approximation.</summary>
public enum Unary
{
    Negate, Absolute, Exp, Log, Square, SquareRoot, ReciprocalSquareRoot, Relu, Gelu, GeluTanh, Silu, Sigmoid, Tanh, Softplus,
    LeakyRelu, Elu, HardSwish, Mish, Clamp, Erf,
}

public enum Binary { Add, Subtract, Multiply, Divide, Maximum, Minimum }

public enum Reduction { Sum, Mean, Maximum, LogSumExp, Variance, L2Norm }

/// <summary>Two-dimensional windows: convolution and pooling. Images are [N, C, H, W].</summary>
public readonly record struct Window(
    long Batch, long InputChannels, long InputHeight, long InputWidth,
    long OutputChannels, long OutputHeight, long OutputWidth,
    int KernelHeight, int KernelWidth, int Stride, int Padding, int Dilation, int Groups);

/// <summary>
/// What a row loss compares the student with, beside the hard label: p of the teacher, q of the student, w = TeacherWeight.
/// </summary>
public enum SoftLoss
{
    None,

    /// <summary>KL(p ‖ q).</summary>
    ForwardKl,

    /// <summary>KL(q ‖ p).</summary>
    ReverseKl,

    /// <summary>w·KL(p ‖ m) + (1 − w)·KL(q ‖ m), m = w·p + (1 − w)·q.</summary>
    JensenShannon,

    LogitMeanSquaredError,

    /// <summary>−Σ p ln q: forward KL with the teacher's entropy.</summary>
    CrossEntropy,

    /// <summary>KL(p ‖ w·p + (1 − w)·q).</summary>
    SkewForwardKl,

    /// <summary>KL(q ‖ w·p + (1 − w)·q).</summary>
    SkewReverseKl,

    /// <summary>½ Σ |p − q|.</summary>
    TotalVariation,

    /// <summary>w·KL(p ‖ q) + (1 − w)·KL(q ‖ p).</summary>
    Jeffreys,

    /// <summary>
    /// Jeffreys with a weight of each row: g_head/(g_head + g_tail), g = Σ |p − q|, the head being the likeliest classes of the teacher
    /// that hold HeadMass together. No gradient flows through the weight.
    /// </summary>
    AdaptiveKl,

    /// <summary>KL(m ‖ q), m ∝ p^w · q^(1 − w): the teacher comes nearer as w grows. No gradient flows through m.</summary>
    Interpolated,
}

/// <summary>
/// The form of the teacher's answer: dense logits or probabilities [N, V], or sparse ids and TRUE log-probabilities [N, K] with the tail
/// mass [N].
/// </summary>
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
    /// <summary>
    /// Mass that the tail of a teacher or of a student has at least. It is never dropped: what a label store says of it was summed, not
    /// taken from 1, so that a small tail is no rounding.
    /// </summary>
    public const double LeastTail = 1e-12;

    /// <summary>What the head of an adaptive divergence holds, above 0 and at most 1.</summary>
    public double HeadMass { get; init; } = 0.5;

    /// <summary>
    /// A mode gives truncated labels a loss worth having: forward KL has them all; the others weigh the student's own mass, which a mode
    /// that leaves classes out lets escape, and which is infinitely wrong where the teacher is given none.
    /// </summary>
    public static bool IsDivergence(SoftLoss soft, TailMode tail) => soft switch
    {
        SoftLoss.ForwardKl => true,
        SoftLoss.ReverseKl or SoftLoss.Jeffreys or SoftLoss.AdaptiveKl or SoftLoss.Interpolated => tail == TailMode.TailBucket,
        SoftLoss.None or SoftLoss.LogitMeanSquaredError => false,
        _ => tail is TailMode.TailBucket or TailMode.Renormalise,
    };

    /// <summary>Those modes.</summary>
    public static IReadOnlyList<TailMode> TailsOf(SoftLoss soft) =>
        [.. Enum.GetValues<TailMode>().Where(tail => IsDivergence(soft, tail))];

    public static RowLossTerms HardOnly(double labelSmoothing = 0) =>
        new(1, labelSmoothing, -100, SoftLoss.None, 0, 1, 0.5, TeacherForm.Logits, TailMode.TailBucket);

    public static RowLossTerms SoftOnly(SoftLoss soft, double temperature, TeacherForm form = TeacherForm.Logits) =>
        new(0, 0, -100, soft, 1, temperature, 0.5, form, TailMode.TailBucket);
}

/// <summary>Memory of a row loss. Buffers that a loss does not need are default.</summary>
/// <param name="Logits">[rows, classes] student logits.</param>
/// <param name="Gradient">
/// [rows, classes] receives dL/dlogits of the weighted mean; may be the logits themselves; default = no gradient.
/// </param>
/// <param name="Labels">[rows] int32 classes.</param>
/// <param name="Teacher">[rows, classes] dense, or [rows, kept] log-probabilities.</param>
/// <param name="TeacherIds">[rows, kept] int32, ascending, −1 = unused; top-k only.</param>
/// <param name="TailMass">[rows] 1 − Σ kept; top-k only.</param>
/// <param name="HardLosses">[rows] unweighted cross-entropy of each row (0 where ignored).</param>
/// <param name="SoftLosses">[rows] unweighted divergence of each row, T² included.</param>
/// <param name="HardRowWeights">[rows] factor of each row's hard part, of any sign; default = 1.</param>
/// <param name="SoftRowWeights">[rows] the same for the soft part.</param>
public readonly record struct RowLossBuffers(
    Storage Logits, Storage Gradient, Storage Labels, Storage Teacher, Storage TeacherIds, Storage TailMass, Storage HardLosses,
        Storage SoftLosses, Storage HardRowWeights = default, Storage SoftRowWeights = default);

/// <summary>
/// Heads in a buffer: element i of head h of token t of sequence b lies at b·Sequence + t·Token + h·Head + i. Default = no buffer.
/// </summary>
public readonly record struct HeadView(Storage Memory, long Sequence, long Token, long Head);

/// <summary>
/// Sizes of attention, and which keys a query sees. Query t stands at position t + Keys − Queries among the keys. Head h reads
/// key head h / (Heads/KeyHeads).
/// </summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Queries">Tokens that ask.</param>
/// <param name="Keys">Tokens that are asked.</param>
/// <param name="Heads">Of queries.</param>
/// <param name="KeyHeads">Of keys and values; Heads is a multiple.</param>
/// <param name="Width">Of one head.</param>
/// <param name="Scale">Of the products, above 0.</param>
/// <param name="Softcap">Scaled scores become cap·tanh(score/cap); 0 = they stay.</param>
/// <param name="Causal">No key behind the query's position.</param>
/// <param name="Window">Only keys less than so many positions away; 0 = all.</param>
/// <param name="Packed">The key mask numbers documents, and a query sees only its own.</param>
public readonly record struct AttentionTerms(
    long Batch, long Queries, long Keys, int Heads, int KeyHeads, int Width, double Scale, double Softcap, bool Causal, long Window,
        bool Packed)
{
    /// <summary>Keys [First, End) that a query may see, the mask aside.</summary>
    public (long First, long End) VisibleTo(long query)
    {
        var position = query + Keys - Queries;
        var end = Causal ? position + 1 : Window > 0 ? position + Window : Keys;
        var first = Window > 0 ? position - Window + 1 : 0;
        end = Math.Clamp(end, 0, Keys);
        return (Math.Clamp(first, 0, end), end);
    }
}

/// <summary>Memory of attention.</summary>
/// <param name="Queries">[Batch, Queries, Heads, Width]</param>
/// <param name="Keys">[Batch, Keys, KeyHeads, Width]</param>
/// <param name="Values">As the keys.</param>
/// <param name="KeyMask">[Batch, Keys] int32; 0 = nobody sees this key. Default = all are seen.</param>
/// <param name="Outputs">As the queries; a query that sees nothing gets zeros.</param>
/// <param name="LogSums">[Batch, Heads, Queries] ln Σ exp(score), +∞ where nothing is seen; default = not wanted (no backward).</param>
public readonly record struct AttentionBuffers(HeadView Queries, HeadView Keys, HeadView Values, Storage KeyMask, HeadView Outputs,
    Storage LogSums);

/// <summary>Where gradients of attention go; those not wanted are default.</summary>
public readonly record struct AttentionGradients(
    HeadView Outputs, HeadView Queries, bool AccumulateQueries, HeadView Keys, bool AccumulateKeys, HeadView Values, bool AccumulateValues);

/// <summary>A turn of numbers in pairs: (a, b) becomes (a·cos − b·sin, a·sin + b·cos), cosines and sines [positions, Pairs].</summary>
/// <param name="Rows">Tokens of all sequences.</param>
/// <param name="Tokens">Of one sequence: where no positions [Rows] int32 are given, row r is at position r mod Tokens.</param>
/// <param name="Positions">Rows of the tables.</param>
/// <param name="Heads">In a row.</param>
/// <param name="Turned">The first so many heads; others are copied.</param>
/// <param name="Width">Of a head.</param>
/// <param name="Pairs">The first 2·Pairs numbers of a head are turned; others are copied.</param>
/// <param name="Interleaved">Pairs are neighbours (GPT-J); else number i goes with number i + Pairs (GPT-NeoX, Llama).</param>
/// <param name="Back">By minus the angles, which is the backward of the turn.</param>
public readonly record struct RotationTerms(long Rows, long Tokens, long Positions, int Heads, int Turned, int Width, int Pairs,
    bool Interleaved, bool Back);
