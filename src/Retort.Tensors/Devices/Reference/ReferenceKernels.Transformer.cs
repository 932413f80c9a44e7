namespace Retort.Tensors.Devices.Reference;

/// <summary>What transformers have beside products and attention: root-mean-square norm, gates, rotary positions.</summary>
internal sealed partial class ReferenceKernels
{
    public override void RmsNorm(Storage x, long rows, long columns, Storage weight, double offset, double epsilon, Storage y,
        Storage inverseRoot)
    {
        for (var row = 0; row < rows; row++)
        {
            Line from = At(x, rows, columns, 1, row, 0), to = At(y, rows, columns, 1, row, 0);
            var inverse = 1 / Math.Sqrt(SquaresAround(from, 0) / columns + epsilon);
            if (inverseRoot.Length > 0) Reals(inverseRoot)[row] = inverse;
            for (var i = 0; i < columns; i++) to[i] = from[i] * inverse * (offset + Reals(weight)[i]);
        }
    }

    public override void RmsNormBackward(Storage x, long rows, long columns, Storage weight, double offset, Storage inverseRoot, Storage dy,
        Storage dx, bool accumulate, Storage dWeight, bool accumulateWeight)
    {
        var slopes = Reals(dWeight);
        if (!accumulateWeight) slopes.Clear();
        for (var row = 0; row < rows; row++)
        {
            Line from = At(x, rows, columns, 1, row, 0), upstream = At(dy, rows, columns, 1, row, 0);
            double inverse = Reals(inverseRoot)[row], product = 0;
            for (var i = 0; i < columns; i++)
            {
                product += upstream[i] * (offset + Reals(weight)[i]) * from[i] * inverse;
                if (slopes.Length > 0) slopes[i] += upstream[i] * from[i] * inverse;
            }
            if (dx.Length == 0) continue;
            var to = At(dx, rows, columns, 1, row, 0);
            for (var i = 0; i < columns; i++)
                Put(ref to[i], inverse * (upstream[i] * (offset + Reals(weight)[i]) - from[i] * inverse * product / columns), accumulate);
        }
    }

    public override void Gate(Unary function, Storage x, long rows, long columns, Storage y)
    {
        var from = Reals(x);
        for (var i = 0; i < rows * columns; i++)
        {
            var gate = (int)(i / columns * 2 * columns + i % columns);
            Reals(y)[i] = Function(function, from[gate], 0, 0) * from[(int)(gate + columns)];
        }
    }

    public override void GateBackward(Unary function, Storage x, long rows, long columns, Storage dy, Storage dx, bool accumulate)
    {
        Span<double> from = Reals(x), to = Reals(dx);
        for (var i = 0; i < rows * columns; i++)
        {
            int gate = (int)(i / columns * 2 * columns + i % columns), up = (int)(gate + columns);
            double value = Function(function, from[gate], 0, 0), slope = Slope(function, from[gate], value, 0, 0);
            Put(ref to[gate], Reals(dy)[i] * slope * from[up], accumulate);
            Put(ref to[up], Reals(dy)[i] * value, accumulate);
        }
    }

    public override void Rotate(in RotationTerms terms, Storage x, Storage cosine, Storage sine, Storage positions, Storage y)
    {
        Span<double> from = Reals(x), to = Reals(y);
        from.CopyTo(to);
        for (var row = 0; row < terms.Rows; row++)
        {
            var position = positions.Length > 0 ? Integers(positions)[row] : row % terms.Tokens;
            if (position < 0 || position >= terms.Positions) throw new RetortException("Rotate", $"position {position} in row {row}.",
                $"positions of 0 to {terms.Positions - 1}.");
            for (var i = 0; i < terms.Turned * terms.Pairs; i++)
            {
                var pair = i % terms.Pairs;
                var start = (row * terms.Heads + i / terms.Pairs) * terms.Width;
                var (first, second) = terms.Interleaved
                    ? (start + 2 * pair, start + 2 * pair + 1)
                    : (start + pair, start + pair + terms.Pairs);
                double turn = Reals(cosine)[(int)(position * terms.Pairs + pair)],
                    lift = Reals(sine)[(int)(position * terms.Pairs + pair)] * (terms.Back ? -1 : 1);
                (to[first], to[second]) = (to[first] * turn - to[second] * lift, to[first] * lift + to[second] * turn);
            }
        }
    }
}
