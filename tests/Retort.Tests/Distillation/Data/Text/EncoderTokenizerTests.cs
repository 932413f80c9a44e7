using Retort.Data.Text;
using Retort.Formats.Tokenizers;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class EncoderTokenizerTests
{
    private static readonly EncoderTokenizer Learnt = EncoderTokenizer.Trained(["Where is my card", "where is the card of my bank"], 300);

    [Fact]
    public void TextsAreFramedAndCaseDoesNotCount()
    {
        var ids = Learnt.Encode("where is my card");
        Assert.Equal((1, 2), (ids[0], ids[^1]));
        Assert.Equal(ids, Learnt.Encode("WHERE is my Card"));
        Assert.Equal(["[PAD]", "[CLS]", "[SEP]", "[MASK]"], Enumerable.Range(0, 4).Select(id => Learnt.Tokenizer.Token(id)));
        Assert.Equal((3, 0), (Learnt.Mask, Learnt.Pad));
        // the first word is written as one behind a space is
        Assert.Equal(ids[^2], Learnt.Encode("card")[1]);
    }

    [Fact]
    public void ItsFilesOpenAgain()
    {
        using var folder = new TemporaryFolder();
        Learnt.WriteTo(folder.Path);
        const string Text = "Is the bank's card 12 × 3 mine?";
        Assert.Equal(Learnt.Encode(Text), EncoderTokenizer.Open(folder.Path).Encode(Text));
        Assert.Equal([1, .. Learnt.Tokenizer.Encode("my", addSpecialTokens: false).Ids, 2,
            .. Learnt.Tokenizer.Encode("card", addSpecialTokens: false).Ids, 2],
            TokenizerFolder.Read(folder.Path).EncodePair("my", "card").Ids);
    }

    [Fact]
    public void OneWithoutAMaskIsRefused()
    {
        using var folder = new TemporaryFolder();
        TextTokenizer.Trained([], 257).WriteTo(folder.Path);
        Assert.Contains("the tokenizer has no token that hides another",
            Assert.Throws<RetortException>(() => EncoderTokenizer.Open(folder.Path)).Message, StringComparison.Ordinal);
    }
}
