using System.Text;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Training;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Texts;

/// <summary>
/// Text to ids on one thread: byte-level BPE with GPT-2's words, 8,192 tokens learnt from the text itself. The text is 1,000,000 bytes, so
/// megabytes a second are 1,000 divided by the milliseconds: words of 1 to 12 letters, 20,000 of them, drawn by Zipf's law from seed 1.
/// </summary>
internal sealed class Tokenizing : Workload
{
    public const string Text = "1 MB of text to ids, byte-level BPE of 8,192 tokens; MB/s = 1000 / ms";
    public const string FirstText = Text + ", by a tokenizer that has met no word yet";

    private const int Characters = 1_000_000, Words = 20_000, Tokens = 8192;

    private readonly BytePairVocabulary _vocabulary;
    private readonly string _text;
    private readonly bool _first;
    private Tokenizer _tokenizer;
    private double _squares;

    /// <param name="device">Not used: no kernel takes part.</param>
    /// <param name="first">A new tokenizer for each run, without anything remembered.</param>
    /// <param name="characters">Of the text.</param>
    /// <param name="tokens">Of the vocabulary.</param>
    public Tokenizing(Device device, bool first, int characters = Characters, int tokens = Tokens)
        : base(device)
    {
        _first = first;
        _text = Write(new Seed(1), characters);
        _vocabulary = BytePairTrainer.Train([_text], tokens, []);
        _tokenizer = _vocabulary.ToTokenizer();
    }

    public override void Run()
    {
        if (_first) _tokenizer = _vocabulary.ToTokenizer();
        var ids = _tokenizer.Encode(_text).Ids;
        _squares = ids.Sum(id => (double)id * id) / ids.Length;
    }

    public override double Loss() => Math.Sqrt(_squares);

    private static string Write(Seed seed, int characters)
    {
        var (spelling, drawing) = (seed.Derive("words"), seed.Derive("text"));
        var words = Enumerable.Range(0, Words).Select(word => Spell(spelling, (ulong)word)).ToArray();
        var text = new StringBuilder(characters + 16);
        for (var drawn = 0UL; text.Length < characters; drawn++)
        {
            // Zipf: the rank is exponential in a uniform number.
            text.Append(words[(int)Math.Min(Words - 1, Math.Pow(Words, drawing.UniformDouble(drawn)) - 1)]);
            text.Append(drawing.Uniform(drawn, 1) switch { < 0.05f => ".\n", < 0.1f => ", ", _ => " " });
        }
        return text.ToString(0, characters);
    }

    private static string Spell(Seed seed, ulong word) => string.Concat(Enumerable.Range(0, 1 + (int)(seed.Uniform(word) * 12))
        .Select(place => (char)('a' + (int)(Math.Pow(seed.UniformDouble(word, (ulong)place + 1), 2) * 26))));
}
