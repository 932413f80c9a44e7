using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.Normalizers;

/// <summary>
/// What normalisation needs of the Unicode character database (UAX #15), since .NET without ICU leaves text as it is. The lines
/// of normalization.txt are explained in normalization-data.mjs, which wrote them. Hangul syllables are arithmetic.
/// </summary>
internal sealed class UnicodeTables
{
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Trails = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, Rune[]> _canonical = [], _compatible = [];
    private readonly Dictionary<(Rune, Rune), Rune> _pairs = [];
    private readonly HashSet<int> _seconds = [], _alone = [];
    private readonly Form[] _plane = new Form[0x10000];

    /// <summary>No form changes anything below this.</summary>
    public const char FirstOfInterest = '\u00A0';

    /// <summary>The forms that a character may change in.</summary>
    [Flags]
    private enum Form : byte
    {
        None = 0,
        Canonical = 1,
        Compatible = 2,
        CanonicalComposed = 4,
        CompatibleComposed = 8,
    }

    private UnicodeTables()
    {
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("normalization.txt")!;
        using var lines = new StreamReader(stream);
        var composed = new List<int>();
        while (lines.ReadLine() is { } line)
        {
            var sign = line.AsSpan().IndexOfAny("#=!~;");
            var (left, right) = (line[..sign], line[(sign + 1)..]);
            switch (line[sign])
            {
                case '#': AddClass(left.Split('-'), byte.Parse(right, CultureInfo.InvariantCulture)); break;
                case '=': composed.Add(Code(left)); goto case '!';
                case '!': _canonical[Code(left)] = Runes(right); break;
                case '~': _compatible[Code(left)] = Runes(right); break;
            }
        }
        foreach (var code in composed) AddPair(new Rune(code));
        _alone.UnionWith(_canonical.Keys.Except(composed));
        for (var code = 0; code < _plane.Length; code++)
            if (Rune.IsValid(code)) _plane[code] = Changes(new Rune(code));
    }

    public static UnicodeTables Instance { get; } = new();

    /// <summary>The canonical combining class; 0 for starters.</summary>
    public int CombiningClass(Rune rune) => _classes.GetValueOrDefault(rune.Value);

    /// <summary>
    /// Whether a character stays as it is whatever follows, and nothing before it is changed by it: it has no decomposition, but for
    /// one that is composed again, is a starter, and is the second of no composite.
    /// </summary>
    public bool IsStable(Rune rune, bool compatible, bool compose)
    {
        var form = compatible ? compose ? Form.CompatibleComposed : Form.Compatible : compose ? Form.CanonicalComposed : Form.Canonical;
        return ((rune.IsBmp ? _plane[rune.Value] : Changes(rune)) & form) == 0;
    }

    private Form Changes(Rune rune)
    {
        if (_classes.ContainsKey(rune.Value)) return (Form)15;
        var form = Form.None;
        if (TryDecompose(rune, compatible: false, out _)) form |= Form.Canonical | Form.Compatible;
        if (_alone.Contains(rune.Value)) form |= (Form)15;
        if (_compatible.ContainsKey(rune.Value)) form |= Form.Compatible | Form.CompatibleComposed;
        if (_seconds.Contains(rune.Value) || rune.Value is >= Vowels and < Vowels + VowelCount or > Trails and < Trails + TrailCount)
            form |= Form.CanonicalComposed | Form.CompatibleComposed;
        return form;
    }

    /// <summary>The full decomposition; false where the character stays.</summary>
    public bool TryDecompose(Rune rune, bool compatible, out Rune[] parts)
    {
        if (rune.Value is >= Syllables and < Syllables + SyllableCount)
        {
            var place = rune.Value - Syllables;
            var (lead, vowel, trail) = (new Rune(Leads + place / (VowelCount * TrailCount)),
                new Rune(Vowels + place / TrailCount % VowelCount), Trails + place % TrailCount);
            parts = trail == Trails ? [lead, vowel] : [lead, vowel, new Rune(trail)];
            return true;
        }
        return compatible && _compatible.TryGetValue(rune.Value, out parts!) || _canonical.TryGetValue(rune.Value, out parts!);
    }

    /// <summary>The primary composite of two characters, if there is one.</summary>
    public bool TryCompose(Rune first, Rune second, out Rune composed)
    {
        if (first.Value is >= Leads and < Leads + LeadCount && second.Value is >= Vowels and < Vowels + VowelCount)
        {
            composed = new Rune(Syllables + ((first.Value - Leads) * VowelCount + second.Value - Vowels) * TrailCount);
            return true;
        }
        if (first.Value is >= Syllables and < Syllables + SyllableCount && (first.Value - Syllables) % TrailCount == 0
            && second.Value is > Trails and < Trails + TrailCount)
        {
            composed = new Rune(first.Value + second.Value - Trails);
            return true;
        }
        return _pairs.TryGetValue((first, second), out composed);
    }

    private void AddClass(string[] range, byte rank)
    {
        for (var code = Code(range[0]); code <= Code(range[^1]); code++) _classes[code] = rank;
    }

    /// <summary>A composite is its full decomposition but for the last mark, composed, and that mark.</summary>
    private void AddPair(Rune composite)
    {
        var parts = _canonical[composite.Value];
        var first = parts.Length == 2 ? parts[0] : FindComposite(parts.AsSpan(..^1));
        _pairs.TryAdd((first, parts[^1]), composite);
        _seconds.Add(parts[^1].Value);
    }

    private Rune FindComposite(ReadOnlySpan<Rune> parts)
    {
        foreach (var (code, full) in _canonical)
            if (parts.SequenceEqual(full)) return new Rune(code);
        return parts[0]; // not met: every prefix of a composite's decomposition is one as well
    }

    private static int Code(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Rune[] Runes(string codes) => [.. codes.Split(' ').Select(code => new Rune(Code(code)))];
}
