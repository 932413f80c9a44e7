using System.Globalization;
using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Diagnosis;

/// <summary>
/// What the models answer on the first texts: whether a loss of nothing is nothing, what truncation would lose, who is better.
/// </summary>
/// <param name="documents">At least one; the first counts most.</param>
/// <param name="contextLength">Tokens of a row.</param>
/// <param name="tokens">Ids that texts can have: rows of a head beyond them are nobody's.</param>
/// <param name="device">Where the models are.</param>
internal sealed class AnswerCheck(IReadOnlyList<TextDocument> documents, int contextLength, int tokens, Device device)
{
    private const int Places = 200;
    private const double Nothing = 1e-4, LeastMass = 0.9, LeastGap = 0.02, ExtremeRatio = 30;

    /// <summary>A student that is its teacher has no loss: KL(p‖p) = 0.</summary>
    public Finding Zero(Gpt teacher)
    {
        var divergence = Divergence(teacher, teacher);
        return Math.Abs(divergence) <= Nothing ? new("student = teacher", $"loss {Number(divergence)}, as it must be: the loss is wired up right")
            : new("student = teacher", $"loss {Number(divergence)}, and it must be 0", Severity.Error,
                "this is a fault of Retort or of the weights: report it with the name of the model");
    }

    /// <summary>How far the student is from its teacher before it learns.</summary>
    public Finding Distance(Gpt teacher, Gpt student) =>
        new("distance", $"KL(teacher‖student) is {Number(Divergence(teacher, student))} nats a token before training");

    /// <summary>What the most probable ids hold together.</summary>
    public Finding Mass(Gpt teacher, IReadOnlyList<int> kept)
    {
        var (sums, count) = (new double[kept.Count], 0);
        using var step = new Step(device, "doctor");
        step.Begin(training: false);
        var block = First();
        int[] places = [.. block.Counted(..).Take(Places)];
        var logits = step.Linear(TokenPredictor.Hidden(step, teacher, block, places), teacher.Head);
        var values = device.ToFloats(logits);
        var width = (int)logits.Shape[1];
        foreach (var place in Enumerable.Range(0, places.Length))
        {
            var row = values.AsSpan(place * width, Math.Min(width, tokens)).ToArray();
            Array.Sort(row, (a, b) => b.CompareTo(a));
            double largest = row[0], all = row.Sum(logit => Math.Exp(logit - largest));
            for (var i = 0; i < kept.Count; i++) sums[i] += row.Take(kept[i]).Sum(logit => Math.Exp(logit - largest)) / all;
            count++;
        }
        var mass = sums[^1] / count;
        var found = string.Join(", ", kept.Select((k, i) => string.Create(CultureInfo.InvariantCulture, $"top {k}: {sums[i] / count:0.000}")));
        return new("truncation", $"probability that is kept, mean of {count} tokens: {found}", mass < LeastMass ? Severity.Warning : Severity.Ok,
            mass < LeastMass ? "keep more of it, draw samples (labels of kind sampled), or let the teacher read along (live)" : "");
    }

    /// <summary>A teacher that is no better has nothing to teach.</summary>
    public Finding Worth(Gpt teacher, Gpt student)
    {
        double its = Loss(teacher), own = Loss(student), ratio = (double)teacher.Weights.Count / student.Weights.Count;
        var found = string.Create(CultureInfo.InvariantCulture,
            $"teacher {its:0.000}, student {own:0.000} nats a token on these texts; {ratio:0.0} times the parameters");
        return own - its < LeastGap ? new("worth it", found, Severity.Warning,
                "the teacher is hardly better here: take a better one, or more fitting texts")
            : ratio > ExtremeRatio ? new("worth it", found, Severity.Warning,
                "so small a student may not follow: try an assistant in between")
            : new("worth it", found);
    }

    private double Loss(Gpt model) =>
        TokenPredictor.Losses(model, documents, contextLength, tokens, device).Sum() / documents.Sum(document => document.Targets);

    private double Divergence(Gpt teacher, Gpt student)
    {
        using var step = new Step(device, "doctor");
        step.Begin(training: false);
        var block = First();
        var places = block.Counted(..);
        var answers = new TeacherHead(TokenPredictor.Hidden(step, teacher, block, places), teacher.Head);
        // rows beyond the last token must not compete, neither the student's nor the teacher's
        return device.ToDoubles(step.HeadLoss(TokenPredictor.Hidden(step, student, block, places), student.HeadOf(step, tokens), null,
            RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1), null, null, answers).Loss)[0];
    }

    private TokenBlock First()
    {
        var block = new TokenBlock(1, Math.Max(contextLength, documents[0].Tokens.Length));
        block.Fill([[documents[0]]]);
        return block;
    }

    private static string Number(double value) => value.ToString("0.0####", CultureInfo.InvariantCulture);
}
