namespace Retort.Data.Traces;

/// <summary>Where no field says what a question is about: thirds by its length in words, as the training part has them.</summary>
internal sealed class LengthSlices
{
    private readonly int _short, _long;

    /// <param name="prompts">Of the training part.</param>
    public LengthSlices(IEnumerable<string> prompts)
    {
        int[] words = [.. prompts.Select(Words).Order()];
        (_short, _long) = words.Length == 0 ? (0, 0) : (words[words.Length / 3], words[2 * words.Length / 3]);
    }

    /// <summary>"up to 12 words", "13 to 25 words", "more than 25 words".</summary>
    public string Of(string prompt) => Words(prompt) switch
    {
        var words when words <= _short => $"up to {_short} words",
        var words when words <= _long => $"{_short + 1} to {_long} words",
        _ => $"more than {_long} words",
    };

    private static int Words(string prompt) => prompt.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
