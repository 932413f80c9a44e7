using Retort.Tensors;

namespace Retort.Data.Synthetic;

/// <summary>
/// Our own digits: strokes under a random affine map and a smooth elastic one, drawn with a pen of random width, partly hidden,
/// with noise. Example i depends on the seed and i alone. 28×28, one channel, values in [0, 1].
/// </summary>
public static class SyntheticDigits
{
    public const int Size = 28;
    private const double Margin = 4;

    /// <summary>The class of example i: all ten in turn.</summary>
    public static int LabelOf(long index) => (int)(index % 10);

    /// <param name="seed">Seed of the set.</param>
    /// <param name="index">Which example.</param>
    /// <param name="pixels">[28, 28] receives the picture.</param>
    public static void Draw(Seed seed, long index, Span<float> pixels)
    {
        var dice = new Dice(seed.Derive((ulong)index));
        var hands = DigitStrokes.All[LabelOf(index)];
        var map = new Distortion(dice);
        var pen = dice.Between(0.7, 1.5);
        pixels.Clear();
        foreach (var stroke in hands[dice.Below(hands.Length)]) Stroke(stroke, map, pen, pixels);
        Spoil(dice, pixels);
    }

    private static void Stroke(double[] points, Distortion map, double pen, Span<float> pixels)
    {
        for (var i = 0; i + 3 < points.Length; i += 2)
        {
            var pieces = 1 + (int)(8 * Math.Max(Math.Abs(points[i + 2] - points[i]), Math.Abs(points[i + 3] - points[i + 1])));
            var (x, y) = map.Of(points[i], points[i + 1]);
            for (var piece = 1; piece <= pieces; piece++)
            {
                var share = piece / (double)pieces;
                var (nextX, nextY) =
                    map.Of(points[i] + share * (points[i + 2] - points[i]), points[i + 1] + share * (points[i + 3] - points[i + 1]));
                Segment(x, y, nextX, nextY, pen, pixels);
                (x, y) = (nextX, nextY);
            }
        }
    }

    /// <summary>Ink falls from 1 to 0 over one pixel around the pen's edge.</summary>
    private static void Segment(double x0, double y0, double x1, double y1, double pen, Span<float> pixels)
    {
        var reach = pen + 1;
        int top = Clip(Math.Min(y0, y1) - reach), bottom = Clip(Math.Max(y0, y1) + reach), left = Clip(Math.Min(x0, x1) - reach),
            right = Clip(Math.Max(x0, x1) + reach);
        double dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
        for (var row = top; row <= bottom; row++)
            for (var column = left; column <= right; column++)
            {
                var along = length == 0 ? 0 : Math.Clamp(((column - x0) * dx + (row - y0) * dy) / length, 0, 1);
                double awayX = column - x0 - along * dx, awayY = row - y0 - along * dy;
                var ink = (float)Math.Clamp(pen + 0.5 - Math.Sqrt(awayX * awayX + awayY * awayY), 0, 1);
                ref var pixel = ref pixels[row * Size + column];
                pixel = Math.Max(pixel, ink);
            }
    }

    private static int Clip(double position) => Math.Clamp((int)Math.Round(position), 0, Size - 1);

    /// <summary>A pale bar or a hidden patch now and then, less contrast, noise on every pixel.</summary>
    private static void Spoil(Dice dice, Span<float> pixels)
    {
        if (dice.Below(3) == 0)
        {
            int top = dice.Below(Size - 6), left = dice.Below(Size - 6), height = 3 + dice.Below(4), width = 3 + dice.Below(4);
            for (var row = top; row < Math.Min(Size, top + height); row++) pixels.Slice(row * Size + left, Math.Min(width, Size - left))
                .Clear();
        }
        var contrast = dice.Between(0.6, 1);
        var noise = dice.Between(0.05, 0.3);
        for (var i = 0; i < pixels.Length; i++) pixels[i] =
            (float)Math.Clamp(contrast * pixels[i] + noise * (dice.Between(0, 1) - 0.35), 0, 1);
    }

    /// <summary>Affine (turn, shear, scale, shift) and elastic (two slow waves a direction): unit square to pixels.</summary>
    private sealed class Distortion
    {
        private readonly double _a, _b, _c, _d, _x, _y, _strength;
        private readonly double[] _waves = new double[8];

        public Distortion(Dice dice)
        {
            double turn = dice.Between(-0.4, 0.4), shear = dice.Between(-0.35, 0.35), width = dice.Between(0.65, 1.1),
                height = dice.Between(0.7, 1.1);
            (_a, _b) = (width * Math.Cos(turn), height * (shear * Math.Cos(turn) - Math.Sin(turn)));
            (_c, _d) = (width * Math.Sin(turn), height * (shear * Math.Sin(turn) + Math.Cos(turn)));
            (_x, _y) = (dice.Between(-2.5, 2.5), dice.Between(-2.5, 2.5));
            _strength = dice.Between(0.01, 0.06);
            for (var i = 0; i < _waves.Length; i++) _waves[i] = i % 2 == 0 ? dice.Between(3, 8) : dice.Between(0, 2 * Math.PI);
        }

        public (double X, double Y) Of(double x, double y)
        {
            double u = x - 0.5, v = y - 0.5;
            u += _strength * (Math.Sin(_waves[0] * y + _waves[1]) + Math.Sin(_waves[2] * x + _waves[3]));
            v += _strength * (Math.Sin(_waves[4] * x + _waves[5]) + Math.Sin(_waves[6] * y + _waves[7]));
            const double scale = Size - 2 * Margin;
            return (Size / 2.0 + _x + scale * (_a * u + _b * v), Size / 2.0 + _y + scale * (_c * u + _d * v));
        }
    }

    /// <summary>One example's numbers, one after another.</summary>
    private sealed class Dice(Seed seed)
    {
        private ulong _next;

        public double Between(double low, double high) => low + (high - low) * seed.UniformDouble(_next++);
        public int Below(int bound) => seed.Below(bound, _next++);
    }
}
