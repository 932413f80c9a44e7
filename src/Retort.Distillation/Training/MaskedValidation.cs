using Retort.Data.Text;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>
/// Of masked texts: the mean surprise of the tokens that are to be guessed, in nats, under one mask that is the same for every model; the
/// score is the probability that such a token has in the geometric mean.
/// </summary>
/// <param name="texts">Held out.</param>
/// <param name="masking">What is to be guessed.</param>
/// <param name="seed">Of the mask.</param>
public sealed class MaskedValidation(IReadOnlyList<int[]> texts, Masking masking, Seed seed) : IValidation
{
    private const int Rows = 64;

    public string ScoreName => "probability of a masked token";
    public string EventName => "validation_token_probability";

    public (double Score, double Loss) Measure(Module module, Device device)
    {
        var (model, block) = ((Bert)module, new MaskedBlock());
        using var step = new Step(device, "masked validation");
        var (sum, count) = (0.0, 0L);
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length)];
        foreach (var rows in order.Chunk(Rows))
        {
            block.Fill([.. rows.Select(row => (texts[row], seed.Derive((ulong)row)))], masking);
            step.Begin(training: false);
            var logits = device.ToFloats(MaskedLesson.Logits(step, model, block));
            for (var i = 0; i < block.Targets.Length; i++)
            {
                var row = logits.AsSpan(i * model.Sizes.Vocabulary, model.Sizes.Vocabulary);
                sum += LogSumExp(row) - row[block.Targets[i]];
            }
            count += block.Targets.Length;
        }
        var loss = sum / Math.Max(1, count);
        return (Math.Exp(-loss), loss);
    }

    private static double LogSumExp(ReadOnlySpan<float> row)
    {
        double top = double.NegativeInfinity, sum = 0;
        foreach (var logit in row) top = Math.Max(top, logit);
        foreach (var logit in row) sum += Math.Exp(logit - top);
        return top + Math.Log(sum);
    }
}
