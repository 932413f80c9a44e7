using Xunit;

namespace Retort.Tests.House;

internal static class Rule
{
    /// <summary>Fails with every place that breaks the rule, one a line.</summary>
    public static void Holds(string rule, IEnumerable<string> broken)
    {
        var places = broken.ToList();
        Assert.True(places.Count == 0, $"{rule}\n{string.Join('\n', places)}");
    }
}
