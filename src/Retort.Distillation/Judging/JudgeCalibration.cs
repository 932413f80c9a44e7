using System.Globalization;
using System.Text.Json;
using Retort.Evaluation;
using Retort.Tensors;

namespace Retort.Judging;

/// <summary>
/// Whether a judge's grades are those of a person. With a and b the two grades of an item, κ = 1 − E(a − b)² / E(a − b')², where b' is b of
/// an item drawn independently: what is left of the disagreement that chance alone would give. For grades of 0 and 1 it is Cohen's κ
/// (1960); for finer ones it is weighted by squares (Cohen 1968). The agreement is 1 − E|a − b|: for 0 and 1 the share of equal grades.
/// A judge can be relied on where κ is shown to be at least 0.6, "substantial" in Landis and Koch (1977).
/// </summary>
/// <param name="Examples">Graded by both.</param>
/// <param name="Ungraded">Graded by hand and not by the judge.</param>
/// <param name="Agreement">From 0 to 1.</param>
/// <param name="Kappa">Null where one grade is all that either of them gives.</param>
/// <param name="Interval">Of κ, 95 %, by a bootstrap over items.</param>
/// <param name="Outcome"><see cref="Relied"/>, <see cref="NotRelied"/> or <see cref="Verdict.NotEnoughData"/>.</param>
/// <param name="Needed">Grades by hand that would decide it, if κ stays as it is; null where it is decided or not known.</param>
public sealed record JudgeCalibration(int Examples, int Ungraded, double Agreement, double? Kappa, Interval? Interval, string Outcome,
    long? Needed)
{
    public const string Relied = "can be relied on", NotRelied = "not good enough to rely on";
    private const double Least = 0.6;

    /// <param name="judge">The judge's scores, by id.</param>
    /// <param name="hand">Those of a person, for some of the ids; null = the person could not say.</param>
    /// <param name="name">Of the person's file, for errors.</param>
    /// <param name="resamples">Of the bootstrap.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <exception cref="RetortException">A grade by hand is of no item, or there is none.</exception>
    public static JudgeCalibration Of(IReadOnlyDictionary<string, double?> judge, IReadOnlyDictionary<string, double?> hand, string name,
        int resamples, ulong seed)
    {
        if (hand.Keys.FirstOrDefault(id => !judge.ContainsKey(id)) is { } alone)
            throw new RetortException(name, $"'{alone}' is no item.", "grades by hand of items that are graded here.");
        string[] graded = [.. hand.Where(one => one.Value is not null && judge[one.Key] is not null).Select(one => one.Key)];
        if (graded.Length == 0) throw new RetortException(name, "no item is graded by hand and by the judge.", "at least one.");
        double[] a = [.. graded.Select(id => judge[id]!.Value)], b = [.. graded.Select(id => hand[id]!.Value)];
        var own = new[] { Squares(a, b), a, b, Squares(a), Squares(b) };
        var kappa = KappaOf([.. own.Select(column => column.Average())]);
        var interval = PairedBootstrap.Percentile(
            new PairedBootstrap(resamples, seed).Means(own).Select(means => KappaOf(means) ?? double.NaN));
        if (kappa is { } same && interval is { } sure && own[0].All(square => square == 0))
            interval = sure with { Low = Math.Min(sure.Low, Unseen(own, graded.Length)), High = same };
        var missing = hand.Count(one => one.Value is not null && judge[one.Key] is null);
        var found = new JudgeCalibration(graded.Length, missing, 1 - a.Zip(b, (x, y) => Math.Abs(x - y)).Average(), kappa,
            kappa is null ? null : interval, Verdict.NotEnoughData, null);
        return found with { Outcome = found.Decided(), Needed = found.Wanted() };
    }

    public string Text
    {
        get
        {
            var facts = Said($"on {Examples} items that were graded by hand the judge agrees by {100 * Agreement:0.0} %");
            var chance = Kappa is { } kappa && Interval is { } interval
                ? Said($", beyond chance by kappa = {kappa:0.00} (95 % interval {interval.Low:0.00} to {interval.High:0.00})")
                : ", and one of them gives the same grade to all, so that chance cannot be told from skill";
            var missing = Ungraded == 0 ? "" : Said($"; {Ungraded} more it could not grade");
            var meaning = Outcome switch
            {
                Relied => Said($"It can be relied on: kappa is at least {Least}."),
                NotRelied => Said($"It is not good enough to rely on: kappa is below {Least}. Change its prompt, take another judge, or grade by hand."),
                _ => "Not enough data to rely on it" + (Needed is { } needed
                    ? Said($": about {needed - Examples:N0} more grades by hand would show it, if kappa stays as it is.")
                    : ": grade more by hand, of both kinds."),
            };
            return $"{facts}{chance}{missing}. {meaning}";
        }
    }

    /// <summary>A property "calibration" of the object that is being written.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("calibration");
        json.WriteNumber("n", Examples);
        json.WriteNumber("ungraded", Ungraded);
        json.WriteNumber("agreement", Agreement);
        if (Kappa is { } kappa) json.WriteNumber("kappa", kappa);
        if (Interval is { } interval)
        {
            json.WriteStartArray("ci95");
            json.WriteNumberValue(interval.Low);
            json.WriteNumberValue(interval.High);
            json.WriteEndArray();
        }
        json.WriteString("outcome", Outcome);
        if (Needed is { } needed) json.WriteNumber("needed", needed);
        json.WriteString("text", Text);
        json.WriteEndObject();
    }

    private string Decided() => Examples < Verdict.FewestExamples || Interval is not { } interval ? Verdict.NotEnoughData
        : interval.Low >= Least ? Relied
        : interval.High < Least ? NotRelied
        : Verdict.NotEnoughData;

    /// <summary>Half-widths shrink with the root of the number of grades.</summary>
    private long? Wanted()
    {
        if (Decided() != Verdict.NotEnoughData) return null;
        if (Kappa is not { } kappa || Interval is not { } interval || kappa == Least)
            return Examples < Verdict.FewestExamples ? Verdict.FewestExamples : null;
        var half = kappa > Least ? kappa - interval.Low : interval.High - kappa;
        return Math.Max(Verdict.FewestExamples, (long)Math.Min(1e15, Math.Ceiling(Examples * Math.Pow(half / (kappa - Least), 2))));
    }

    /// <param name="means">Of (a − b)², a, b, a², b². E(a − b')² = E a² + E b² − 2·E a·E b.</param>
    private static double? KappaOf(double[] means)
    {
        var chance = means[3] + means[4] - 2 * means[1] * means[2];
        return chance > 1e-12 ? 1 - means[0] / chance : null;
    }

    /// <summary>Where nobody ever disagreed no resample does; Wilson's upper limit of none in n stands in for what was not seen.</summary>
    private static double Unseen(double[][] columns, int examples)
    {
        var square = SampleSize.Normal975 * SampleSize.Normal975;
        double[] means = [square / (examples + square), .. columns.Skip(1).Select(column => column.Average())];
        return KappaOf(means) ?? double.NaN;
    }

    private static double[] Squares(double[] a, double[]? b = null) =>
        [.. a.Select((value, i) => b is null ? value * value : (value - b[i]) * (value - b[i]))];

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
