namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    // A gradient that no cache would hold is written past them.
    private const long SmallestPiece = 8192, LargestPiece = 131_072, SmallestStreamed = 4_194_304;

    public override long RowLoss(in RowLossTerms terms, in RowLossBuffers buffers, long rows, long classes, long kept, long meanRows = 0)
    {
        var counted = CountRows(terms, buffers, rows, classes);
        var divisor = meanRows > 0 ? meanRows : counted;
        var row = new RowLossRow
        {
            Classes = classes,
            Kept = kept,
            Terms = terms,
            Logits = Floats(buffers.Logits), Gradient = Floats(buffers.Gradient), Labels = Integers(buffers.Labels),
                Teacher = Floats(buffers.Teacher),
            Ids = Integers(buffers.TeacherIds), TailMass = Floats(buffers.TailMass), HardLosses = Floats(buffers.HardLosses),
                SoftLosses = Floats(buffers.SoftLosses),
            HardRowWeights = Floats(buffers.HardRowWeights), SoftRowWeights = Floats(buffers.SoftRowWeights),
            HardShare = divisor == 0 ? 0 : terms.HardWeight / divisor,
            SoftShare = divisor == 0 ? 0 : terms.SoftWeight / divisor,
            HasHard = buffers.Labels.Address != 0 && (terms.HardWeight != 0 || buffers.HardLosses.Address != 0),
            HasSoft = terms.Soft != SoftLoss.None && buffers.Teacher.Address != 0,
        };
        row.Streams = classes % Lanes.Count == 0 && row.Gradient != row.Logits && (nint)row.Gradient % 64 == 0
            && rows * classes >= SmallestStreamed;
        var job = new RowLossChunks { Row = row, Rows = rows };
        // Neighbouring rows go to one thread, which fetches the next while it computes this one. The work of a class is some
        // exponentials: pieces are smaller than those of plain copies.
        var width = Math.Max(1, classes);
        job.RowsInChunk = Math.Max(Math.Max(1, SmallestPiece / width), Math.Min(LargestPiece / width, rows / 32));
        if (terms.Soft is not (SoftLoss.None or SoftLoss.LogitMeanSquaredError))
        {
            job.ScratchFloats = terms.Form == TeacherForm.TopK ? 3 * row.OutcomeStride : 2 * row.TeacherStart;
            job.Scratch = _exponentials.Floats(job.ScratchFloats * _pool.Threads);
        }
        _pool.For((rows + job.RowsInChunk - 1) / job.RowsInChunk, job);
        return counted;
    }

    private struct RowLossChunks : IChunkJob
    {
        public RowLossRow Row;
        public long Rows, RowsInChunk, ScratchFloats;
        public float* Scratch;

        public readonly void Run(long chunk, int thread)
        {
            var row = Row;
            row.Exponentials = Scratch + thread * ScratchFloats;
            row.Run(chunk * RowsInChunk, Math.Min(Rows, (chunk + 1) * RowsInChunk));
        }
    }

    private static long CountRows(in RowLossTerms terms, in RowLossBuffers buffers, long rows, long classes)
    {
        var labels = Integers(buffers.Labels);
        if (labels == null) return rows;
        var counted = 0L;
        for (var i = 0L; i < rows; i++)
        {
            if (labels[i] == terms.IgnoreLabel) continue;
            if ((uint)labels[i] >= (ulong)classes) throw new RetortException("RowLoss", $"label {labels[i]} in row {i}.",
                $"labels of 0 to {classes - 1}, or {terms.IgnoreLabel} to ignore a row.");
            counted++;
        }
        return counted;
    }
}

/// <summary>Everything that the losses of one row need; one kernel for each kind of loss.</summary>
internal unsafe partial struct RowLossRow
{
    public long Classes, Kept;
    public RowLossTerms Terms;
    public float* Logits, Gradient, Teacher, TailMass, HardLosses, SoftLosses, HardRowWeights, SoftRowWeights;
    public int* Labels, Ids;
    public double HardShare, SoftShare; // weights divided by the counted rows
    public bool HasHard, HasSoft, Streams;
    public float* Exponentials; // room of this thread for a row's: the student's and then the teacher's

    public void Run(long start, long end)
    {
        var (hardShare, softShare) = (HardShare, SoftShare);
        for (var row = start; row < end; row++)
        {
            if (HardRowWeights != null) HardShare = hardShare * HardRowWeights[row];
            if (SoftRowWeights != null) SoftShare = softShare * SoftRowWeights[row];
            double hard = 0, soft = 0;
            if (Labels != null && Labels[row] == Terms.IgnoreLabel)
            {
                if (Gradient != null) new Span<float>(Gradient + row * Classes, (int)Classes).Clear();
            }
            else if (!HasSoft) hard = HardRow(row);
            else if (Terms.Soft == SoftLoss.ForwardKl)
                soft = Terms.Form == TeacherForm.TopK ? TruncatedRow(row, out hard) : ForwardRow(row, out hard);
            else if (Terms.Soft == SoftLoss.LogitMeanSquaredError) soft = SquaredRow(row, out hard);
            else soft = DivergenceRow(row, out hard);
            if (HardLosses != null) HardLosses[row] = (float)hard;
            if (SoftLosses != null) SoftLosses[row] = (float)soft;
        }
    }

    private readonly float* LogitsOf(long row) => Logits + row * Classes;
    private readonly float* GradientOf(long row) => Gradient == null ? null : Gradient + row * Classes;

    /// <summary>(1 − ε)·z_label + ε·mean z: what the log-sum-exp is compared with.</summary>
    private readonly double HardTarget(float* z, long row)
    {
        var label = (double)z[Labels[row]];
        var smoothing = Terms.LabelSmoothing;
        return smoothing == 0 ? label : (1 - smoothing) * label + smoothing * RowSums.Sum(z, Classes) / Classes;
    }

    /// <summary>Of the hard gradient: what every class loses by smoothing.</summary>
    private readonly double HardFloor => HasHard ? HardShare * Terms.LabelSmoothing / Classes : 0;

    private readonly void SubtractLabel(float* gradient, long row)
    {
        if (HasHard) gradient[Labels[row]] -= (float)(HardShare * (1 - Terms.LabelSmoothing));
    }
}
