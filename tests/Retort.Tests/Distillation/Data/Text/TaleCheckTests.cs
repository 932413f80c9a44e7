using Retort.Data.Text;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class TaleCheckTests
{
    private static readonly TalesWorld World = new(new Seed(1));
    private static readonly TaleCheck Check = new(World);

    private static string Likeliest(double[] row, string[] words) => words[Array.IndexOf(row, row.Max())];
    private static string Impossible(double[] row, string[] words) => words[Array.IndexOf(row, 0.0)];

    // the likeliest story of a fox that Mia and Tom know
    private static readonly string Motion = Likeliest(World.Motion[0], TalesWorld.Motions),
        Place = Likeliest(World.Place[0], TalesWorld.Places);
    private static readonly double[] There = World.Object[Array.IndexOf(TalesWorld.Places, Place)];
    private static readonly string Thing = Likeliest(There, TalesWorld.Objects),
        Other = Likeliest([.. There.Select(value => value == There.Max() ? 0 : value)], TalesWorld.Objects);
    private static readonly string Look = LookOf(Thing), OtherLook = LookOf(Other);
    private static readonly string Verb = Likeliest(World.Verb[Array.IndexOf(TalesWorld.Objects, Thing)], TalesWorld.Verbs),
        Closing = Likeliest(World.Closing[0], TalesWorld.Closings);
    private static readonly string Story = $"once Mia the fox {Motion} to the {Place} . "
        + $"she saw a {Look} {Thing} and a {OtherLook} {Other} . "
        + $"she {Verb} the {Thing} in the {Place} . the {Thing} was {Look} . then Mia {Closing} her {Thing} .";

    private static double[] LooksOf(string thing) => World.Adjective[Array.IndexOf(TalesWorld.Objects, thing)];
    private static string LookOf(string thing) => Likeliest(LooksOf(thing), TalesWorld.Adjectives);

    [Fact]
    public void WhatAWorldTellsIsRight()
    {
        foreach (var seed in Enumerable.Range(0, 5).Select(i => new Seed((ulong)i)))
        {
            var (world, stories) = (new TalesWorld(seed), 0);
            for (var i = 0UL; i < 500; i++)
            {
                var (prompt, answer) = world.Draw(seed.Derive(i));
                Assert.Null(new TaleCheck(world).Fault(prompt + answer));
                if (Check.IsRight(prompt, "", answer)) stories++;
            }
            if (seed.Value != 1) Assert.InRange(stories, 0, 50); // what is possible there is hardly ever possible here
        }
    }

    /// <summary>Parts of a story that may be absent.</summary>
    [Fact]
    public void WhatMayBeAbsent()
    {
        Assert.Null(Check.Fault(Story));
        Assert.Null(Check.Fault(Story.Replace($" and a {OtherLook} {Other}", "", StringComparison.Ordinal)));
        Assert.Null(Check.Fault(Story.Replace($" in the {Place}", "", StringComparison.Ordinal)));
        Assert.Null(Check.Fault(Story.Replace($" the {Thing} was {Look} .", "", StringComparison.Ordinal)));
        Assert.Null(Check.Fault(Story.Replace("Mia", "Tom", StringComparison.Ordinal).Replace(" she ", " he ", StringComparison.Ordinal)
            .Replace(" her ", " his ", StringComparison.Ordinal)));
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "once Mia", "Mia", "word 1 is 'Mia' and not 'once'" },
        { "the fox", "the Mia", "word 4 is 'Mia' and not like 'fox'" },
        { "she saw", "he saw", "word 10 is 'he' and not 'she'" },
        { $"the {Thing} in the {Place} ", $"the {Thing} in the {Impossible(World.Place[0], TalesWorld.Places)} ", "and not '" },
        { "then Mia", "then Anna", "is 'Anna' and not 'Mia'" },
        { " her ", " his ", "is 'his' and not 'her'" },
        { $"was {Look}", "was fox", $"is 'fox' and not '{Look}'" },
        { $"the {Thing} was", $"the {Other} was", $"is '{Other}' and not '{Thing}'" },
        { $"her {Thing} .", $"her {Other} .", $"is '{Other}' and not '{Thing}'" },
        { $"her {Thing} .", $"her {Thing}", "is '' and not '.'" },
        { $"her {Thing} .", $"her {Thing} . once", "'once' follows the end" },
        { $"a {OtherLook} {Other}", $"a {Look} {Thing}", "an object is seen twice" },
        { $"a {Look} {Thing} and ", "", "an object was not seen" },
        { $"fox {Motion}", "fox " + Impossible(World.Motion[0], TalesWorld.Motions), "such an animal does not move so" },
        { $"the {Place}", "the " + Impossible(World.Place[0], TalesWorld.Places), "such an animal does not go there" },
        { " " + Other, " " + Impossible(There, TalesWorld.Objects), "such an object is not there" },
        { $"{OtherLook} {Other}", $"{Impossible(LooksOf(Other), TalesWorld.Adjectives)} {Other}", "such an object does not look so" },
        { $"she {Verb}", "she " + Impossible(World.Verb[Array.IndexOf(TalesWorld.Objects, Thing)], TalesWorld.Verbs),
            "nobody does that with such an object" },
        { $"Mia {Closing}", "Mia " + Impossible(World.Closing[0], TalesWorld.Closings), "such an animal does not end so" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void WhatIsWrongIsNamed(string part, string other, string fault)
    {
        var wrong = Story.Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(Story, wrong);
        Assert.Contains(fault, Check.Fault(wrong), StringComparison.Ordinal);
        Assert.False(Check.IsRight("", Story, wrong));
    }

    [Theory]
    [InlineData("")]
    [InlineData("once")]
    [InlineData("once Mia the fox")]
    [InlineData("and and and")]
    public void NoStoryAtAll(string text) => Assert.NotNull(Check.Fault(text));
}
