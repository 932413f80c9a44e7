using System.Globalization;

namespace Retort.Recipes;

/// <summary>Which numbers a key takes. Never NaN, never infinite.</summary>
/// <param name="Least">Smallest.</param>
/// <param name="Most">Largest.</param>
/// <param name="AboveLeast">The smallest itself is excluded.</param>
/// <param name="BelowMost">The largest itself is excluded.</param>
/// <param name="Whole">No fractions.</param>
public readonly record struct NumberRange(double Least, double Most, bool AboveLeast = false, bool BelowMost = false, bool Whole = false)
{
    public static NumberRange Positive(double most) => new(0, most, AboveLeast: true);
    public static NumberRange BelowOne => new(0, 1, BelowMost: true);

    public bool Holds(double number) => double.IsFinite(number) && (AboveLeast ? number > Least : number >= Least)
        && (BelowMost ? number < Most : number <= Most) && (!Whole || number == Math.Floor(number));

    public string Describe()
    {
        var least = Least.ToString(CultureInfo.InvariantCulture);
        var most = Most.ToString(CultureInfo.InvariantCulture);
        return $"a {(Whole ? "whole " : "")}number {(AboveLeast ? "above" : "from")} {least} {(BelowMost ? "and below" : "to")} {most}";
    }
}
