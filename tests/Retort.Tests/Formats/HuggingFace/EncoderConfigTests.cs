using Retort.Formats.HuggingFace;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.HuggingFace;

public sealed class EncoderConfigTests
{
    private const string Bert = """
        {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "vocab_size": 32, "hidden_size": 8,
         "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 64, "hidden_act": "gelu",
         "hidden_dropout_prob": 0.1, "id2label": {"1": "yes", "0": "no"}, "type_vocab_size": 2}
        """;

    [Fact]
    public void ClassesStandInTheOrderOfTheirNumbers() => Assert.Equal(["no", "yes"], Read(Bert).Classes);

    [Theory]
    [InlineData("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"gelu_new\"", "'hidden_act' is \"gelu_new\"")]
    [InlineData("BertForSequenceClassification", "BertForTokenClassification", "'architectures' is [BertForTokenClassification]")]
    [InlineData("\"hidden_size\": 8", "\"hidden_size\": 9", "'num_attention_heads' is 2")]
    [InlineData("\"0\": \"no\"", "\"3\": \"no\"", "'id2label' is [1, 3]")]
    [InlineData("\"type_vocab_size\": 2", "\"is_decoder\": true", "'is_decoder' is true")]
    [InlineData("\"type_vocab_size\": 2", "\"position_embedding_type\": \"relative_key\"", "'position_embedding_type' is \"relative_key\"")]
    public void WhatIsNotKnownIsRefusedByName(string from, string to, string what) =>
        Assert.Equal(what, Assert.Throws<FormatException>(() => Read(Bert.Replace(from, to, StringComparison.Ordinal))).What);

    public static TheoryData<string> Shipped => [.. Fixtures.Find("", "config.json").Select(file => file.Name)
        .Where(name => name.Contains("bert", StringComparison.Ordinal)).DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void WhatIsWrittenIsReadAgain(string name)
    {
        var config = name.Length > 0 ? EncoderConfig.Read(Fixtures.Path(name, out _)!) : Read(Bert);
        using var folder = new TemporaryFolder();
        EncoderConfigWriter.Write(folder.At("config.json"), config);
        var again = EncoderConfig.Read(folder.At("config.json"));
        Assert.Equal(config.Classes, again.Classes);
        Assert.Equal(config with { Classes = [] }, again with { Classes = [] });
    }

    private static EncoderConfig Read(string text)
    {
        using var folder = new TemporaryFolder();
        return EncoderConfig.Read(folder.With("config.json", text));
    }
}
