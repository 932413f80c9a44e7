using System.Globalization;

namespace Retort.Evaluation.Report;

/// <summary>How numbers are printed in the report.</summary>
internal static class Figures
{
    public static string Percent(double share) => Invariant($"{share * 100:0.00} %");

    public static string Points(double difference) => Invariant($"{difference * 100:+0.00;-0.00;0.00}").Replace('-', '−');

    public static string Decimal(double value) =>
        value.ToString(Math.Abs(value) is >= 0.001 or 0 ? "0.0000" : "0.0e0", CultureInfo.InvariantCulture);

    /// <summary>Four digits, whatever the unit.</summary>
    public static string Significant(double value) => value.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−');

    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u2009');

    public static string Milliseconds(double value) => Invariant($"{value:0.###} ms");

    public static string Bytes(double bytes) => bytes switch
    {
        < 1024 => Invariant($"{bytes:0} B"),
        < 1024 * 1024 => Invariant($"{bytes / 1024:0.0} KiB"),
        < 1024.0 * 1024 * 1024 => Invariant($"{bytes / (1024 * 1024):0.0} MiB"),
        _ => Invariant($"{bytes / (1024.0 * 1024 * 1024):0.00} GiB"),
    };

    public static string Short(double value) => value.ToString(Math.Abs(value) >= 1000 ? "0" : "0.###", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
