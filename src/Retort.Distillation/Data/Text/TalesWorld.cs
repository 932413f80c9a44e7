using System.Text;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Short stories with choices: who a story is about says where it may lead, a place what lies there, an object what it looks like and what
/// is done with it; names, places, objects and their looks come back later in the story. <c>once Mia the fox</c> asks for
/// <c> ran to the mill . she saw a red kite . she threw the kite in the mill . the kite was red . then Mia hid her kite .</c>
/// <para>Rows of the tables are draws of Dirichlet(0.3); what is rarer than 0.005 never happens, and the rest is scaled to 1.</para>
/// </summary>
public sealed class TalesWorld
{
    /// <summary>The word that a story begins with.</summary>
    public const string Beginning = "once";

    private const double Concentration = 0.3, Least = 0.005, OfSecondObject = 0.5, OfPlaceAgain = 0.4, OfLooksAgain = 0.6;

    internal static readonly string[] Women = ["Mia", "Anna", "Lily", "Rosa", "Emma", "Nora", "Ella", "Sara"],
        Men = ["Tom", "Ben", "Max", "Leo", "Sam", "Finn", "Paul", "Jack"],
        Names = [.. Women, .. Men],
        Animals = ["fox", "bear", "cat", "dog", "frog", "mouse", "duck", "horse", "rabbit", "sheep", "goat", "crow"],
        Places = ["river", "forest", "hill", "mill", "garden", "barn", "beach", "bridge", "market", "cave", "meadow", "castle"],
        Adjectives = ["red", "blue", "green", "big", "small", "soft", "wet", "round", "dark", "bright", "heavy", "cold", "warm", "shiny",
            "dusty", "pretty"],
        Objects = ["ball", "kite", "drum", "box", "bell", "book", "cup", "hat", "lamp", "boat", "rope", "stone", "leaf", "coin", "key",
            "doll", "wheel", "basket", "spoon", "mirror", "flag", "candle", "bottle", "feather"],
        Motions = ["ran", "walked", "crept", "jumped", "swam", "flew", "rolled", "raced", "wandered", "skipped"],
        Verbs = ["threw", "washed", "painted", "lifted", "pushed", "pulled", "kicked", "opened", "cleaned", "shook", "turned", "broke",
            "fixed", "carried"],
        Closings = ["kept", "hid", "sold", "lost", "loved", "shared", "dropped", "missed"],
        Joints = ["the", "a", "to", "saw", ".", "he", "she", "his", "her", "then", "and", "was", "in"];

    /// <param name="seed">Of the tables.</param>
    public TalesWorld(Seed seed)
    {
        double[][] Table(string name, string[] of, string[] over) =>
            [.. of.Select((_, row) => Row(over.Length, seed.Derive(name).Derive((ulong)row)))];
        Motion = Table("motion", Animals, Motions);
        Place = Table("place", Animals, Places);
        Object = Table("object", Places, Objects);
        Adjective = Table("adjective", Objects, Adjectives);
        Verb = Table("verb", Objects, Verbs);
        Closing = Table("closing", Animals, Closings);
    }

    /// <summary>All words but the first.</summary>
    public static IEnumerable<string> Words =>
        [.. Joints, .. Names, .. Animals, .. Places, .. Adjectives, .. Objects, .. Motions, .. Verbs, .. Closings];

    /// <summary>[animals][motions], and so on: probabilities, 0 or above 0.005.</summary>
    internal double[][] Motion { get; }
    internal double[][] Place { get; }
    internal double[][] Object { get; }
    internal double[][] Adjective { get; }
    internal double[][] Verb { get; }
    internal double[][] Closing { get; }

    /// <summary>A story.</summary>
    /// <param name="seed">Of this story.</param>
    public (string Prompt, string Answer) Draw(Seed seed)
    {
        var draws = 0UL;
        double Next() => seed.UniformDouble(draws++);
        int Any(string[] of) => (int)(Next() * of.Length);
        var (name, animal) = (Any(Names), Any(Animals));
        var (subject, possessive) = Pronouns(name);
        var place = Pick(Place[animal], Next());
        var seen = new List<int> { Pick(Object[place], Next()) };
        if (Next() < OfSecondObject && Object[place].Index().Any(entry => entry.Item > 0 && entry.Index != seen[0]))
            seen.Add(Pick(Object[place], Next(), seen[0]));
        int[] looks = [.. seen.Select(thing => Pick(Adjective[thing], Next()))];
        var chosen = (int)(Next() * seen.Count);
        var (thing, look) = (Objects[seen[chosen]], Adjectives[looks[chosen]]);
        var story = new StringBuilder($" {Motions[Pick(Motion[animal], Next())]} to the {Places[place]} . {subject} saw ")
            .AppendJoin(" and ", seen.Zip(looks, (thing, look) => $"a {Adjectives[look]} {Objects[thing]}"))
            .Append($" . {subject} {Verbs[Pick(Verb[seen[chosen]], Next())]} the {thing}");
        if (Next() < OfPlaceAgain) story.Append($" in the {Places[place]}");
        story.Append(" .");
        if (Next() < OfLooksAgain) story.Append($" the {thing} was {look} .");
        story.Append($" then {Names[name]} {Closings[Pick(Closing[animal], Next())]} {possessive} {thing} .");
        return ($"{Beginning} {Names[name]} the {Animals[animal]}", story.ToString());
    }

    /// <summary>Of a name by its number.</summary>
    internal static (string Subject, string Possessive) Pronouns(int name) => name < Women.Length ? ("she", "her") : ("he", "his");

    /// <summary>The entry that a uniform number falls on.</summary>
    private static int Pick(double[] row, double uniform, int except = -1)
    {
        var left = uniform * row.Where((_, i) => i != except).Sum();
        var last = -1;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] == 0 || i == except) continue;
            last = i;
            if ((left -= row[i]) < 0) break;
        }
        return last;
    }

    private static double[] Row(int entries, Seed seed)
    {
        double[] drawn = [.. Enumerable.Range(0, entries).Select(i => Gamma(Concentration, seed.Derive((ulong)i)))];
        var sum = drawn.Sum();
        double[] kept = [.. drawn.Select(value => value / sum > Least ? value : 0)];
        return [.. kept.Select(value => value / kept.Sum())];
    }

    /// <summary>A draw of the gamma distribution with scale 1 (Marsaglia and Tsang 2000, with their step for shapes below 1).</summary>
    private static double Gamma(double shape, Seed seed)
    {
        var d = shape + 1 - 1.0 / 3;
        for (var attempt = 1UL; ; attempt++)
        {
            var x = seed.Normal(attempt);
            var v = Math.Pow(1 + x / Math.Sqrt(9 * d), 3);
            if (v > 0 && Math.Log(1 - seed.UniformDouble(attempt, 1)) < x * x / 2 + d * (1 - v + Math.Log(v)))
                return d * v * Math.Pow(1 - seed.UniformDouble(0), 1 / shape);
        }
    }
}
