using Retort.Checkpoints;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>Sequence classifiers of the BERT family against transformers.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenBertTests
{
    public static TheoryData<string, bool> Checkpoints => GoldenCheckpoint.Of("bert", "distilbert");

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void LogitsAttentionsGradientsAndUpdates(string name, bool cpu)
    {
        using var golden = GoldenCheckpoint.Open(name);
        int[] labels = [.. golden.Golden.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        golden.Check(cpu, device => EncoderCheckpoint.Load(golden.Folder, device).Model, (model, step) =>
        {
            var (taps, attentions) = (new Tensor[model.StateNames.Count], new Tensor[model.Sizes.Layers]);
            Tensor? types = golden.Golden.TryGetProperty("token_type_ids", out _) ? golden.Rows(step, "token_type_ids") : null;
            var logits = model.Logits(step, model.States(step, golden.Rows(step, "input_ids"), golden.Rows(step, "attention_mask"),
                types, taps, attentions));
            var copy = step.Scale(step.Detach(logits), 1); // the loss consumes its logits
            return new GoldenAnswer(step.RowLoss(logits, RowLossTerms.HardOnly(), step.Constant(new Shape(labels.Length), labels)).Loss,
                copy, taps, attentions);
        });
    }
}
