using Retort.Checkpoints;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Xunit;
using Gpt = Retort.Nn.Models.Gpt;

namespace Retort.Tests.Nn.Models;

/// <summary>Causal checkpoints of all families against transformers.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenGptTests
{
    private const int Ignored = -100;

    public static TheoryData<string, bool> Checkpoints => GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text");

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void LogitsAttentionsGradientsAndUpdates(string name, bool cpu)
    {
        using var golden = GoldenCheckpoint.Open(name);
        golden.Check(cpu, device => LanguageCheckpoint.Load(golden.Folder, device).Model, (model, step) =>
        {
            var (taps, attentions) = (new Tensor[model.StateNames.Count], new Tensor[model.Sizes.Layers]);
            var states = model.States(step, golden.Rows(step, "input_ids"), golden.Rows(step, "attention_mask"), taps, attentions);
            var rows = Gpt.Rows(step, states);
            var logits = step.Linear(step.Detach(rows), step.Detach(model.Head));
            var loss = step.HeadLoss(rows, model.Head, null, RowLossTerms.HardOnly() with { IgnoreLabel = Ignored },
                step.Constant(new Shape(rows.Shape[0]), NextTokens(golden)), chunkRows: 20).Loss;
            return new GoldenAnswer(loss, logits, taps, attentions);
        });
    }

    /// <summary>The label of a token is the next one's.</summary>
    private static int[] NextTokens(GoldenCheckpoint golden) =>
        [.. golden.Golden.GetProperty("labels")
            .EnumerateArray()
            .SelectMany(row => row.EnumerateArray().Skip(1).Select(label => label.GetInt32()).Append(Ignored))];
}
