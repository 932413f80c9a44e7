namespace Retort.Tensors.Devices.Reference;

/// <summary>Updates of whole buffers.</summary>
internal sealed partial class ReferenceKernels
{
    public override double SumOfSquares(Storage x)
    {
        var sum = 0.0;
        foreach (var value in Reals(x)) sum += value * value;
        return sum;
    }

    public override void AdamW(Storage parameters, Storage gradients, Storage firstMoment, Storage secondMoment, double learningRate,
        double firstDecay, double secondDecay, double epsilon, double weightDecay, long step, double gradientScale)
    {
        Span<double> values = Reals(parameters), slopes = Reals(gradients), first = Reals(firstMoment), second = Reals(secondMoment);
        for (var i = 0; i < values.Length; i++)
        {
            var g = slopes[i] * gradientScale;
            first[i] = firstDecay * first[i] + (1 - firstDecay) * g;
            second[i] = secondDecay * second[i] + (1 - secondDecay) * g * g;
            var mean = first[i] / (1 - Math.Pow(firstDecay, step));
            var square = second[i] / (1 - Math.Pow(secondDecay, step));
            values[i] = values[i] * (1 - learningRate * weightDecay) - learningRate * mean / (Math.Sqrt(square) + epsilon);
        }
    }

    public override void Sgd(Storage parameters, Storage gradients, Storage velocity, double learningRate, double momentum, bool nesterov,
        double weightDecay, bool first, double gradientScale)
    {
        Span<double> values = Reals(parameters), slopes = Reals(gradients), speed = Reals(velocity);
        for (var i = 0; i < values.Length; i++)
        {
            var g = slopes[i] * gradientScale + weightDecay * values[i];
            if (momentum != 0)
            {
                speed[i] = first ? g : momentum * speed[i] + g;
                g = nesterov ? g + momentum * speed[i] : speed[i];
            }
            values[i] -= learningRate * g;
        }
    }

    public override void MoveAverage(Storage average, Storage parameters, double decay)
    {
        Span<double> slow = Reals(average), fast = Reals(parameters);
        for (var i = 0; i < slow.Length; i++) slow[i] = decay * slow[i] + (1 - decay) * fast[i];
    }

    public override void LimitRowNorms(Storage weights, long rows, long columns, double limitSquared)
    {
        for (var row = 0; row < rows; row++)
        {
            var line = At(weights, rows, columns, 1, row, 0);
            var squared = SquaresAround(line, 0);
            for (var i = 0; i < columns && squared > limitSquared; i++) line[i] *= Math.Sqrt(limitSquared / squared);
        }
    }
}
