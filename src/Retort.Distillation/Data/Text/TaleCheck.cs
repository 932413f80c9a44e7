namespace Retort.Data.Text;

/// <summary>
/// Whether a text is a story of a <see cref="TalesWorld"/>: it has the form of one, pronouns fit the name, what comes back is what was
/// there, and everything that happens is possible. Any such story is right, not only the one in the data.
/// </summary>
public sealed class TaleCheck(TalesWorld world) : IAnswerCheck
{
    public bool IsRight(string prompt, string expected, string answer) => Fault(prompt + " " + answer) is null;

    /// <summary>What is wrong first; null = it is a story.</summary>
    /// <param name="story">With its prompt.</param>
    public string? Fault(string story)
    {
        var read = new Reading(story.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        read.Say(TalesWorld.Beginning);
        var name = read.One(TalesWorld.Names);
        var (subject, possessive) = TalesWorld.Pronouns(name);
        read.Say("the");
        var animal = read.One(TalesWorld.Animals);
        var motion = read.One(TalesWorld.Motions);
        read.Say("to", "the");
        var place = read.One(TalesWorld.Places);
        read.Say(".", subject, "saw");
        var seen = new List<(int Object, int Look)>();
        do
        {
            read.Say("a");
            var look = read.One(TalesWorld.Adjectives);
            seen.Add((read.One(TalesWorld.Objects), look));
        }
        while (seen.Count < 2 && read.Goes("and"));
        read.Demand(seen.Select(one => one.Object).Distinct().Count() == seen.Count, "an object is seen twice");
        read.Say(".", subject);
        var verb = read.One(TalesWorld.Verbs);
        read.Say("the");
        var thing = read.One(TalesWorld.Objects);
        read.Demand(seen.Any(one => one.Object == thing), "an object was not seen");
        if (read.Goes("in")) read.Say("the", TalesWorld.Places[place]);
        read.Say(".");
        if (read.Goes("the"))
            read.Say(TalesWorld.Objects[thing], "was", TalesWorld.Adjectives[seen.FirstOrDefault(one => one.Object == thing).Look], ".");
        read.Say("then", TalesWorld.Names[name]);
        var closing = read.One(TalesWorld.Closings);
        read.Say(possessive, TalesWorld.Objects[thing], ".");
        read.End();
        read.Demand(world.Motion[animal][motion] > 0, "such an animal does not move so");
        read.Demand(world.Place[animal][place] > 0, "such an animal does not go there");
        read.Demand(seen.All(one => world.Object[place][one.Object] > 0), "such an object is not there");
        read.Demand(seen.All(one => world.Adjective[one.Object][one.Look] > 0), "such an object does not look so");
        read.Demand(world.Verb[thing][verb] > 0, "nobody does that with such an object");
        read.Demand(world.Closing[animal][closing] > 0, "such an animal does not end so");
        return read.Fault;
    }

    /// <summary>Words from the first to the last; after the first fault nothing is read.</summary>
    private sealed class Reading(string[] words)
    {
        private int _next;

        public string? Fault { get; private set; }

        public void Say(params ReadOnlySpan<string> expected)
        {
            foreach (var word in expected)
                if (!Goes(word)) Demand(false, $"word {_next + 1} is '{Next}' and not '{word}'");
        }

        /// <summary>Whether this word stands here; then it is read.</summary>
        public bool Goes(string word)
        {
            var goes = Fault is null && Next == word;
            if (goes) _next++;
            return goes;
        }

        /// <returns>Its number; 0 where there is none of them.</returns>
        public int One(string[] of)
        {
            var number = Fault is null ? Array.IndexOf(of, Next) : 0;
            Demand(number >= 0, $"word {_next + 1} is '{Next}' and not like '{of[0]}'");
            _next++;
            return Math.Max(0, number);
        }

        public void End() => Demand(_next >= words.Length, $"'{Next}' follows the end");

        public void Demand(bool met, string otherwise)
        {
            if (!met) Fault ??= otherwise;
        }

        private string Next => _next < words.Length ? words[_next] : "";
    }
}
