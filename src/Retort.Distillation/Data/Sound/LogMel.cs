namespace Retort.Data.Sound;

/// <summary>
/// Logarithms of energy in bands that are evenly wide to the ear: frames under a Hann window, their power spectrum, triangles on the mel
/// scale m(f) = 2595·log₁₀(1 + f/700) (Davis and Mermelstein 1980; O'Shaughnessy 1987), ln max(energy, 1e-8).
/// </summary>
public sealed class LogMel
{
    private const double Least = 1e-8;

    /// <summary>What no energy gives.</summary>
    public static float Silence => (float)Math.Log(Least);

    private readonly int _frame, _hop;
    private readonly double[] _window;
    private readonly double[][] _filters;
    private readonly FourierTransform _transform;

    /// <param name="rate">Samples a second.</param>
    /// <param name="frame">Samples of a frame, a power of two.</param>
    /// <param name="hop">From one frame to the next.</param>
    /// <param name="bands">Filters, from 0 to half the rate.</param>
    public LogMel(int rate, int frame, int hop, int bands)
    {
        (_frame, _hop, Bands, _transform) = (frame, hop, bands, new FourierTransform(frame));
        _window = [.. Enumerable.Range(0, frame).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / frame))];
        var edges = Enumerable.Range(0, bands + 2).Select(i => Frequency(Mel(rate / 2.0) * i / (bands + 1))).ToArray();
        _filters = [.. Enumerable.Range(0, bands).Select(band => Enumerable.Range(0, frame / 2 + 1)
            .Select(bin => Triangle(bin * (double)rate / frame, edges[band], edges[band + 1], edges[band + 2])).ToArray())];
    }

    public int Bands { get; }

    public static double Mel(double frequency) => 2595 * Math.Log10(1 + frequency / 700);
    public static double Frequency(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);

    /// <summary>A map of the first frames; those behind the sound's end hold the silence's value.</summary>
    /// <param name="samples">Mono.</param>
    /// <param name="frames">Columns of the map.</param>
    /// <returns>[Bands, frames]</returns>
    public float[] Map(ReadOnlySpan<float> samples, int frames)
    {
        var map = new float[Bands * frames];
        Array.Fill(map, Silence);
        var (windowed, power) = (new double[_frame], new double[_frame / 2 + 1]);
        for (var column = 0; column < frames && column * _hop < samples.Length; column++)
        {
            for (var i = 0; i < _frame; i++)
                windowed[i] = column * _hop + i < samples.Length ? samples[column * _hop + i] * _window[i] : 0;
            _transform.Power(windowed, power);
            for (var band = 0; band < Bands; band++)
            {
                var energy = 0.0;
                for (var bin = 0; bin < power.Length; bin++) energy += _filters[band][bin] * power[bin];
                map[band * frames + column] = (float)Math.Log(Math.Max(energy, Least));
            }
        }
        return map;
    }

    private static double Triangle(double frequency, double low, double middle, double high) =>
        Math.Max(0, Math.Min((frequency - low) / (middle - low), (high - frequency) / (high - middle)));
}
