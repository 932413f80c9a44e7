namespace Retort.Tensors.Devices.Reference;

/// <summary>Layer and batch normalisation.</summary>
internal sealed partial class ReferenceKernels
{
    public override void LayerNorm(Storage x, long rows, long columns, Storage weight, Storage bias, double epsilon, Storage y,
        Storage mean, Storage inverseDeviation)
    {
        Span<double> scale = Reals(weight), shift = Reals(bias);
        for (var row = 0; row < rows; row++)
        {
            Line from = At(x, rows, columns, 1, row, 0), to = At(y, rows, columns, 1, row, 0);
            var centre = Sum(from) / columns;
            var inverse = 1 / Math.Sqrt(SquaresAround(from, centre) / columns + epsilon);
            (Reals(mean)[row], Reals(inverseDeviation)[row]) = (centre, inverse);
            for (var i = 0; i < columns; i++) to[i] = (from[i] - centre) * inverse * scale[i] + (shift.Length > 0 ? shift[i] : 0);
        }
    }

    public override void LayerNormBackward(Storage x, long rows, long columns, Storage weight, Storage mean, Storage inverseDeviation,
        Storage dy, Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias)
    {
        Span<double> scale = Reals(weight), scaleGradient = Reals(dWeight), shiftGradient = Reals(dBias);
        if (!accumulateWeight) scaleGradient.Clear();
        if (!accumulateBias) shiftGradient.Clear();
        for (var row = 0; row < rows; row++)
        {
            Line from = At(x, rows, columns, 1, row, 0), upstream = At(dy, rows, columns, 1, row, 0);
            double centre = Reals(mean)[row], inverse = Reals(inverseDeviation)[row], sum = 0, product = 0;
            for (var i = 0; i < columns; i++)
            {
                var normal = (from[i] - centre) * inverse;
                if (scaleGradient.Length > 0) scaleGradient[i] += upstream[i] * normal;
                if (shiftGradient.Length > 0) shiftGradient[i] += upstream[i];
                sum += upstream[i] * scale[i];
                product += upstream[i] * scale[i] * normal;
            }
            if (dx.Length == 0) continue;
            var to = At(dx, rows, columns, 1, row, 0);
            for (var i = 0; i < columns; i++)
                Put(ref to[i], inverse * (upstream[i] * scale[i] - sum / columns - (from[i] - centre) * inverse * product / columns),
                    accumulate);
        }
    }

    public override void BatchNormStatistics(Storage x, long batch, long channels, long space, double epsilon, Storage mean,
        Storage inverseDeviation, Storage runningMean, Storage runningVariance, double momentum)
    {
        var values = Reals(x);
        var count = batch * space;
        for (var channel = 0; channel < channels; channel++)
        {
            double sum = 0, squares = 0;
            for (var i = 0L; i < count; i++) sum += values[Cell(i, channel, channels, space)];
            var centre = sum / count;
            for (var i = 0L; i < count; i++) squares += Math.Pow(values[Cell(i, channel, channels, space)] - centre, 2);
            (Reals(mean)[channel], Reals(inverseDeviation)[channel]) = (centre, 1 / Math.Sqrt(squares / count + epsilon));
            if (runningMean.Length > 0) Follow(ref Reals(runningMean)[channel], centre, momentum);
            if (runningVariance.Length > 0) Follow(ref Reals(runningVariance)[channel], squares / (count - 1), momentum);
        }
    }

    public override void BatchNormInference(Storage runningMean, Storage runningVariance, double epsilon, Storage mean,
        Storage inverseDeviation)
    {
        Reals(runningMean).CopyTo(Reals(mean));
        for (var i = 0; i < mean.Length; i++) Reals(inverseDeviation)[i] = 1 / Math.Sqrt(Reals(runningVariance)[i] + epsilon);
    }

    public override void BatchNormApply(Storage x, long batch, long channels, long space, Storage mean, Storage inverseDeviation,
        Storage weight, Storage bias, bool relu, Storage y)
    {
        Span<double> from = Reals(x), to = Reals(y), centres = Reals(mean), inverses = Reals(inverseDeviation), scale = Reals(weight),
            shift = Reals(bias);
        for (var channel = 0; channel < channels; channel++)
            for (var i = 0L; i < batch * space; i++)
            {
                var cell = Cell(i, channel, channels, space);
                var value = (from[cell] - centres[channel]) * inverses[channel] * scale[channel] + shift[channel];
                to[cell] = relu ? Math.Max(0, value) : value;
            }
    }

    public override void BatchNormBackward(bool training, Storage x, long batch, long channels, long space, Storage mean,
        Storage inverseDeviation, Storage weight, bool relu, Storage y, Storage dy, Storage dx, bool accumulate, Storage dWeight,
        bool accumulateWeight, Storage dBias, bool accumulateBias)
    {
        Span<double> from = Reals(x), after = Reals(y), upstream = Reals(dy), to = Reals(dx);
        var count = batch * space;
        for (var channel = 0; channel < channels; channel++)
        {
            double centre = Reals(mean)[channel], inverse = Reals(inverseDeviation)[channel], scale = Reals(weight)[channel], sum = 0,
                product = 0;
            for (var i = 0L; i < count; i++)
            {
                var cell = Cell(i, channel, channels, space);
                if (relu && after[cell] <= 0) continue;
                sum += upstream[cell];
                product += upstream[cell] * (from[cell] - centre) * inverse;
            }
            if (dWeight.Length > 0) Put(ref Reals(dWeight)[channel], product, accumulateWeight);
            if (dBias.Length > 0) Put(ref Reals(dBias)[channel], sum, accumulateBias);
            for (var i = 0L; i < count && to.Length > 0; i++)
            {
                var cell = Cell(i, channel, channels, space);
                var slope = relu && after[cell] <= 0 ? 0 : upstream[cell];
                if (training) slope -= sum / count + (from[cell] - centre) * inverse * product / count; // the statistics move with x
                Put(ref to[cell], slope * scale * inverse, accumulate);
            }
        }
    }

    private static void Follow(ref double running, double value, double momentum) => running = (1 - momentum) * running + momentum * value;

    /// <summary>Place in [N, C, space] of the i-th number of a channel.</summary>
    private static int Cell(long i, long channel, long channels, long space) =>
        checked((int)((i / space * channels + channel) * space + i % space));
}
