using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Retort.Labels;

/// <summary>
/// One row as bytes, little-endian.
/// <list type="table">
/// <item><c>hard</c>: i32 class id.</item>
/// <item><c>dense-f32</c>: C × f32 raw logits · f32 log-sum-exp.</item>
/// <item><c>topk-f16</c>: f16 natural log of the tail mass · K ids, ascending (u8 up to 256 classes, u16 up to 65,536, else i32) ·
/// K × f16 TRUE log-probabilities in id order. The row's length gives K.</item>
/// </list>
/// f16 resolves 2⁻¹¹ of a log-probability's own size: at −10 that is 0.4 % of the probability, near 0 far less.
/// </summary>
internal sealed class LabelRowCodec
{
    private readonly LabelCodec _codec;
    private readonly int _classes;
    private readonly LabelKeep _keep;
    private readonly int _idBytes;
    private readonly double _sumError;

    /// <param name="description">Whose rows they are.</param>
    /// <param name="sumError">How far a top-k row may sum from 1, when that is more than rounding explains.</param>
    public LabelRowCodec(LabelSetDescription description, double sumError = 0)
    {
        (_codec, _classes, _keep, _sumError) = (description.Codec, description.Classes, LabelKeep.Parse(description.Keep), sumError);
        _idBytes = _classes <= 256 ? 1 : _classes <= 65536 ? 2 : 4;
        MaximumKept = _codec switch { LabelCodec.Hard => 1, LabelCodec.Dense => _classes, _ => _keep.MaximumCount(_classes) };
        MaximumBytes = _codec switch
        {
            LabelCodec.Hard => 4,
            LabelCodec.Dense => 4 * _classes + 4,
            _ => TopKBytes(MaximumKept),
        };
        Stride = _codec == LabelCodec.TopK && _keep.FixedCount(_classes) is null ? null : MaximumBytes;
    }

    public int MaximumKept { get; }
    public int MaximumBytes { get; }

    /// <summary>Bytes of every row; null when rows differ and need offsets.</summary>
    public int? Stride { get; }

    /// <summary>Writes a row and returns its length in bytes.</summary>
    public int Encode(ReadOnlySpan<float> logits, Span<byte> row)
    {
        switch (_codec)
        {
            case LabelCodec.Hard:
                BinaryPrimitives.WriteInt32LittleEndian(row, Largest(logits));
                return 4;
            case LabelCodec.Dense:
                MemoryMarshal.AsBytes(logits).CopyTo(row);
                BinaryPrimitives.WriteSingleLittleEndian(row[(4 * _classes)..], (float)LogSumExp(logits));
                return MaximumBytes;
            default:
                var kept = _keep.Select(logits);
                HalfLog.Write(row, kept.LogTail);
                for (var index = 0; index < kept.Ids.Length; index++)
                {
                    WriteId(row, index, kept.Ids[index]);
                    HalfLog.Write(row[(2 + kept.Ids.Length * _idBytes + 2 * index)..], kept.LogProbabilities[index]);
                }
                return TopKBytes(kept.Ids.Length);
        }
    }

    /// <summary>Says why a row is no answer over the classes; null when it is one.</summary>
    public string? Fault(ReadOnlySpan<byte> row)
    {
        if (Stride is { } stride ? row.Length != stride : row.Length < TopKBytes(1) || row.Length > MaximumBytes
            || Kept(row) * (_idBytes + 2) + 2 != row.Length)
            return $"is {row.Length} bytes, expected {(Stride is null ? $"2 + K·{_idBytes + 2}, at most " : "")}{MaximumBytes}";
        return _codec switch
        {
            LabelCodec.Hard => Hard(row) is var id && (uint)id >= (uint)_classes ? $"has class {id} of {_classes}" : null,
            LabelCodec.Dense => DenseFault(row),
            _ => TopKFault(row),
        };
    }

    public int Hard(ReadOnlySpan<byte> row)
    {
        if (_codec == LabelCodec.Hard) return BinaryPrimitives.ReadInt32LittleEndian(row);
        var best = 0;
        if (_codec == LabelCodec.Dense)
        {
            for (var index = 1; index < _classes; index++) if (Float(row, index) > Float(row, best)) best = index;
            return best;
        }
        for (var index = 1; index < Kept(row); index++) if (LogProbability(row, index) > LogProbability(row, best)) best = index;
        return Id(row, best);
    }

    public void Dense(ReadOnlySpan<byte> row, Span<float> logits) => row[..(4 * _classes)].CopyTo(MemoryMarshal.AsBytes(logits));

    /// <summary>Fills ids (−1 beyond K), log-probabilities (−∞ beyond K) and returns the tail mass, in [0, 1].</summary>
    public float TopK(ReadOnlySpan<byte> row, Span<int> ids, Span<float> logProbabilities)
    {
        var kept = Kept(row);
        for (var index = 0; index < kept; index++) (ids[index], logProbabilities[index]) = (Id(row, index), LogProbability(row, index));
        ids[kept..].Fill(-1);
        logProbabilities[kept..].Fill(float.NegativeInfinity);
        return MathF.Exp(LogTail(row));
    }

    public static int Largest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var index = 1; index < logits.Length; index++) if (logits[index] > logits[best]) best = index;
        return best;
    }

    private string? DenseFault(ReadOnlySpan<byte> row)
    {
        var maximum = double.NegativeInfinity;
        for (var index = 0; index < _classes; index++)
        {
            var logit = Float(row, index);
            if (!float.IsFinite(logit)) return $"has the logit {logit} for class {index}";
            maximum = Math.Max(maximum, logit);
        }
        var sum = 0d;
        for (var index = 0; index < _classes; index++) sum += Math.Exp(Float(row, index) - maximum);
        var computed = maximum + Math.Log(sum);
        var stored = Float(row, _classes);
        return Math.Abs(computed - stored) <= 1e-5 * Math.Max(1, Math.Abs(computed)) ? null
            : $"has log-sum-exp {stored} where its logits give {computed}";
    }

    private string? TopKFault(ReadOnlySpan<byte> row)
    {
        var previous = -1;
        var sum = 0d;
        for (var index = 0; index < Kept(row); index++)
        {
            var id = Id(row, index);
            if (id <= previous || id >= _classes) return $"has class {id} after {previous}, of {_classes} classes";
            var logProbability = LogProbability(row, index);
            if (!(logProbability <= 0)) return $"has log-probability {logProbability}, which is not 0 or less";
            sum += Math.Exp(logProbability);
            previous = id;
        }
        var logTail = LogTail(row);
        if (!(logTail <= 0)) return $"has log tail mass {logTail}, which is not 0 or less";
        // f16 moves each log-probability by at most 2⁻¹¹ of itself, so the sum by at most entropy · 2⁻¹¹ ≤ ln C · 2⁻¹¹.
        var total = sum + Math.Exp(logTail);
        return Math.Abs(total - 1) <= Math.Max(_sumError, 1e-3 + Math.Log(_classes) / 2048) ? null
            : $"sums to {sum:R} with a tail of {Math.Exp(logTail):R}, together {total:R}";
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        var maximum = (double)logits[Largest(logits)];
        var sum = 0d;
        foreach (var logit in logits) sum += Math.Exp(logit - maximum);
        return maximum + Math.Log(sum);
    }

    private int TopKBytes(int kept) => 2 + kept * (_idBytes + 2);

    private int Kept(ReadOnlySpan<byte> row) => (row.Length - 2) / (_idBytes + 2);

    private int Id(ReadOnlySpan<byte> row, int index) => _idBytes switch
    {
        1 => row[2 + index],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(row[(2 + 2 * index)..]),
        _ => BinaryPrimitives.ReadInt32LittleEndian(row[(2 + 4 * index)..]),
    };

    private void WriteId(Span<byte> row, int index, int id)
    {
        if (_idBytes == 1) row[2 + index] = (byte)id;
        else if (_idBytes == 2) BinaryPrimitives.WriteUInt16LittleEndian(row[(2 + 2 * index)..], (ushort)id);
        else BinaryPrimitives.WriteInt32LittleEndian(row[(2 + 4 * index)..], id);
    }

    private float LogProbability(ReadOnlySpan<byte> row, int index) =>
        HalfLog.Read(row[(2 + Kept(row) * _idBytes + 2 * index)..]);

    private static float LogTail(ReadOnlySpan<byte> row) => HalfLog.Read(row);

    private static float Float(ReadOnlySpan<byte> row, int index) => BinaryPrimitives.ReadSingleLittleEndian(row[(4 * index)..]);
}
