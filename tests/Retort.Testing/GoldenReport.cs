namespace Retort.Testing;

/// <summary>Collects the comparisons with one golden file: one line in the end, and a failure that names the worst case.</summary>
public sealed class GoldenReport(string name)
{
    private readonly List<string> _failures = [];
    private int _cases;
    private double _worst;

    public IReadOnlyList<string> Failures => _failures;
    public string Line => $"golden: {name}, {_cases} cases, worst relative error {_worst:0.0e+00}";

    public int Cases => _cases;

    public void Case() => _cases++;

    /// <summary>|found − expected| ≤ tolerance·max(|expected|, floor) of every number.</summary>
    public void Compare(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> found, double tolerance, double floor)
    {
        if (expected.Length != found.Length)
        {
            _failures.Add($"{what}: {found.Length} numbers instead of {expected.Length}");
            return;
        }
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Math.Abs(found[i] - expected[i]) / Math.Max(Math.Abs(expected[i]), floor);
            if (!(error <= _worst)) _worst = error;
            if (!(error <= tolerance)) _failures.Add($"{what}[{i}]: {found[i]:R} instead of {expected[i]:R}, relative error {error:0.0e+00} above {tolerance:0e+00}");
        }
    }

    /// <summary>As <see cref="Compare"/>, with every error relative to the largest of the expected numbers.</summary>
    public void CompareToLargest(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> found, double tolerance,
        double floor = 1e-30)
    {
        foreach (var value in expected) floor = Math.Max(floor, Math.Abs(value));
        Compare(what, expected, found, tolerance, floor);
    }
}
