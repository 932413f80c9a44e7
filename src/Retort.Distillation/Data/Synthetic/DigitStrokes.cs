namespace Retort.Data.Synthetic;

/// <summary>How each digit is written: polylines in the unit square (x to the right, y down), two or three hands each.</summary>
internal static class DigitStrokes
{
    /// <summary>[digit][hand][stroke] = x0, y0, x1, y1, …</summary>
    public static double[][][][] All { get; } =
    [
        [[Ellipse(0.5, 0.5, 0.27, 0.42, 0, 360)], [Ellipse(0.5, 0.5, 0.2, 0.42, 20, 385)], [Ellipse(0.5, 0.5, 0.32, 0.36, -30, 320)]],
        [[[0.5, 0.08, 0.5, 0.92]], [[0.35, 0.25, 0.53, 0.08, 0.53, 0.92]],
            [[0.35, 0.25, 0.53, 0.08, 0.53, 0.92], [0.33, 0.92, 0.72, 0.92]]],
        [[[.. Ellipse(0.5, 0.32, 0.25, 0.24, 180, 400), 0.25, 0.92, 0.78, 0.92]],
            [[.. Ellipse(0.48, 0.3, 0.22, 0.2, 200, 420), .. Ellipse(0.33, 0.82, 0.1, 0.09, 330, 60), 0.8, 0.9]]],
        [[Ellipse(0.46, 0.29, 0.25, 0.2, 200, 450), Ellipse(0.46, 0.7, 0.28, 0.22, 270, 520)],
            [[0.25, 0.1, 0.74, 0.1, 0.46, 0.42], Ellipse(0.46, 0.67, 0.27, 0.25, 270, 510)]],
        [[[0.62, 0.92, 0.62, 0.08, 0.2, 0.66, 0.82, 0.66]], [[0.28, 0.1, 0.24, 0.52, 0.76, 0.52], [0.66, 0.1, 0.66, 0.92]]],
        [[[0.74, 0.1, 0.32, 0.1, 0.28, 0.46], Ellipse(0.47, 0.66, 0.27, 0.25, 230, 500)],
            [[0.72, 0.09, 0.34, 0.12, 0.3, 0.44, .. Ellipse(0.48, 0.68, 0.24, 0.23, 250, 490)]]],
        [[[0.66, 0.08, 0.34, 0.42, 0.24, 0.68], Ellipse(0.5, 0.68, 0.26, 0.23, 0, 360)],
            [[.. Ellipse(0.56, 0.5, 0.34, 0.42, 290, 140)], Ellipse(0.5, 0.7, 0.22, 0.2, 0, 360)]],
        [[[0.22, 0.1, 0.78, 0.1, 0.42, 0.92]], [[0.24, 0.2, 0.26, 0.1, 0.76, 0.12, 0.5, 0.92]],
            [[0.22, 0.1, 0.78, 0.1, 0.4, 0.92], [0.36, 0.5, 0.7, 0.5]]],
        [[Ellipse(0.5, 0.29, 0.2, 0.2, 0, 360), Ellipse(0.5, 0.7, 0.25, 0.22, 0, 360)],
            [Ellipse(0.52, 0.28, 0.22, 0.19, 0, 360), Ellipse(0.48, 0.69, 0.21, 0.23, 0, 360)]],
        [[Ellipse(0.5, 0.32, 0.25, 0.23, 0, 360), [0.75, 0.32, 0.7, 0.62, 0.48, 0.92]],
            [Ellipse(0.48, 0.31, 0.22, 0.21, 0, 360), [0.7, 0.28, 0.7, 0.92]]],
    ];

    /// <summary>An arc in degrees, clockwise on the screen from the right; always walked from the first angle to the second.</summary>
    private static double[] Ellipse(double x, double y, double width, double height, double from, double to)
    {
        const int pieces = 20;
        var points = new double[2 * (pieces + 1)];
        for (var i = 0; i <= pieces; i++)
        {
            var angle = (from + (to - from) * i / pieces) * Math.PI / 180;
            points[2 * i] = x + width * Math.Cos(angle);
            points[2 * i + 1] = y + height * Math.Sin(angle);
        }
        return points;
    }
}
