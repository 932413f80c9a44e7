using System.Globalization;
using System.Text;

namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>
/// A run of tokens &lt;0x00&gt; to &lt;0xFF&gt; becomes its text. That is known only when the run ends.
/// </summary>
/// <param name="wholeRun">A run that is not UTF-8 becomes one U+FFFD a byte; else only those of its bytes that are not.</param>
internal sealed class ByteFallback(bool wholeRun) : IDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public DecoderStage Begin(DecoderStage next) => new Stage(wholeRun ? Strict : Encoding.UTF8, next);

    private sealed class Stage(Encoding encoding, DecoderStage next) : DecoderStage
    {
        private readonly List<byte> _run = [];

        public override void Push(TokenText part)
        {
            if (part is { Starts: true, Ends: true } && TryByte(part.Text, out var value))
            {
                _run.Add(value);
                return;
            }
            EndRun();
            next.Push(part);
        }

        public override void Finish()
        {
            EndRun();
            next.Finish();
        }

        private void EndRun()
        {
            if (_run.Count == 0) return;
            try
            {
                next.Push(TokenText.Whole(encoding.GetString([.. _run])));
            }
            catch (DecoderFallbackException)
            {
                foreach (var _ in _run) next.Push(TokenText.Whole("\uFFFD"));
            }
            _run.Clear();
        }
    }

    /// <summary>Reads &lt;0x4F&gt;.</summary>
    public static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
