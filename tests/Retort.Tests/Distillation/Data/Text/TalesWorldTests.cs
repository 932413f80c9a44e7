using Retort.Data.Text;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class TalesWorldTests
{
    [Fact]
    public void EveryWordIsAWordOnce()
    {
        string[] words = [TalesWorld.Beginning, .. TalesWorld.Words];
        Assert.Equal(126, words.Length);
        Assert.Equal(126, words.Distinct().Count());
    }

    /// <summary>Rows add up to 1, and nothing that may happen is rarer than 0.005.</summary>
    [Fact]
    public void TablesAreProbabilities()
    {
        var world = new TalesWorld(new Seed(3));
        double[][][] tables = [world.Motion, world.Place, world.Object, world.Adjective, world.Verb, world.Closing];
        Assert.Equal([(12, 10), (12, 12), (12, 24), (24, 16), (24, 14), (12, 8)], tables.Select(table => (table.Length, table[0].Length)));
        foreach (var row in tables.SelectMany(table => table))
        {
            Assert.Equal(1, row.Sum(), 12);
            Assert.All(row.Where(value => value > 0), value => Assert.True(value > 0.005));
        }
    }

    /// <summary>
    /// Of Dirichlet(a) over K entries Σ p² is (a + 1) / (K a + 1) in the mean: 0.159 for a row of 24 with a = 0.3. What is cut off at 0.005
    /// and scaled adds a little.
    /// </summary>
    [Fact]
    public void RowsAreAsUnevenAsTheirConcentrationSays()
    {
        var rows = Enumerable.Range(0, 100).SelectMany(seed => new TalesWorld(new Seed((ulong)seed)).Object).ToList();
        Assert.InRange(rows.Average(row => row.Sum(value => value * value)), 0.155, 0.170);
        for (var entry = 0; entry < 24; entry++) Assert.InRange(rows.Average(row => row[entry]), 1.0 / 24 - 0.01, 1.0 / 24 + 0.01);
    }

    /// <summary>Stories go where their animals go as often as the table says.</summary>
    [Fact]
    public void StoriesFollowTheTables()
    {
        const int Stories = 20_000;
        var world = new TalesWorld(new Seed(5));
        var (been, all) = (new double[12], 0);
        for (var i = 0UL; i < Stories; i++)
        {
            var (prompt, answer) = world.Draw(new Seed(6).Derive(i));
            if (!prompt.EndsWith(" " + TalesWorld.Animals[0], StringComparison.Ordinal)) continue;
            been[Array.IndexOf(TalesWorld.Places, answer.Split(' ')[4])]++;
            all++;
        }
        Assert.InRange(all, Stories / 12 - 150, Stories / 12 + 150);
        for (var place = 0; place < 12; place++) Assert.InRange(been[place] / all - world.Place[0][place], -0.04, 0.04);
    }

    [Fact]
    public void TheSeedDecides()
    {
        var (one, other) = (new TalesWorld(new Seed(1)), new TalesWorld(new Seed(2)));
        Assert.Equal(one.Motion[0], new TalesWorld(new Seed(1)).Motion[0]);
        Assert.NotEqual(one.Motion[0], other.Motion[0]);
        Assert.Equal(one.Draw(new Seed(9)), one.Draw(new Seed(9)));
        Assert.NotEqual(one.Draw(new Seed(9)), one.Draw(new Seed(10)));
    }
}
