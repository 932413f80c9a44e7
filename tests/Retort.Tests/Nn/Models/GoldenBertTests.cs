using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>Sequence classifiers of the BERT family against transformers.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenBertTests
{
    public static TheoryData<string, bool> Checkpoints => GoldenCheckpoint.Of("bert");

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void LogitsGradientsAndUpdates(string name, bool cpu)
    {
        using var golden = GoldenCheckpoint.Open(name);
        int[] labels = [.. golden.Golden.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        var model = new Bert(new BertShape(golden.Whole("vocab_size"), golden.Whole("hidden_size"), golden.Whole("num_hidden_layers"),
            golden.Whole("num_attention_heads"),
            golden.Whole("intermediate_size"), golden.Whole("max_position_embeddings"),
                golden.Config.GetProperty("id2label").EnumerateObject().Count(),
            golden.Whole("type_vocab_size"), golden.Config.GetProperty("layer_norm_eps").GetDouble()));
        golden.Check(cpu, model, step =>
        {
            var taps = new Tensor[model.TapNames.Count];
            var logits = model.Logits(step, model.States(step, golden.Rows(step, "input_ids"), golden.Rows(step, "attention_mask"),
                golden.Rows(step, "token_type_ids"), taps));
            var copy = step.Scale(step.Detach(logits), 1); // the loss consumes its logits
            return new GoldenAnswer(step.RowLoss(logits, RowLossTerms.HardOnly(), step.Constant(new Shape(labels.Length), labels)).Loss,
                copy, taps);
        });
    }
}
