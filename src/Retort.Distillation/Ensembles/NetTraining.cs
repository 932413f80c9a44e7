using Retort.Data;
using Retort.Data.Tables;
using Retort.Nn.Optimizers;
using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Ensembles;

/// <summary>How a small net learns.</summary>
/// <param name="Hidden">Widths of the hidden layers.</param>
/// <param name="Steps">Updates.</param>
/// <param name="LearningRate">Of Adam; falls to 0 by a cosine.</param>
/// <param name="BatchSize">Rows of an update.</param>
/// <param name="CheckEvery">Updates between two looks at the validation rows; the best weights seen are kept.</param>
public sealed record NetTraining(IReadOnlyList<int> Hidden, int Steps, double LearningRate = 0.01, int BatchSize = 100,
    int CheckEvery = 500)
{
    /// <summary>
    /// Adam on the cross-entropy with soft targets (the squared error of standardised numbers). Base models learn side by side and leave
    /// no log and no checkpoint, so they do not take the loop of Training.
    /// </summary>
    /// <param name="layout">How rows are encoded.</param>
    /// <param name="lesson">Rows and targets, which may be soft.</param>
    /// <param name="validation">The weights with the smallest RMSE on them are kept.</param>
    /// <param name="seed">First weights and order.</param>
    public (SmallNet Net, NetOutcome Outcome) Run(TableLayout layout, Lesson lesson, Lesson validation, Seed seed)
    {
        var net = new SmallNet(layout, lesson.Task, Hidden, seed.Derive("init"));
        if (lesson.Task.IsRegression) Standardise(net, lesson.Targets);
        var (encoded, checks) = (layout.Encode(lesson.Rows), layout.Encode(validation.Rows));
        using var optimizer = new AdamW(net.Net.Weights);
        using var step = new Step(net.Device, "net training");
        var schedule = new Schedule(ScheduleKind.Cosine, LearningRate, 0, Steps);
        var order = new Order(lesson.Count, Math.Min(BatchSize, lesson.Count), seed.Derive("data"));
        var answers = new float[validation.Targets.Length];
        var (best, kept, bestStep) = (double.PositiveInfinity, net.Parameters, 0);
        var losses = new double[Steps];
        for (var number = 1; number <= Steps; number++)
        {
            losses[number - 1] = Update(net, step, encoded, lesson, order.Next());
            optimizer.Update(number, schedule.At(number - 1), Optimizer.ClipScale(optimizer.GradientNorm(), 5));
            if (number % CheckEvery != 0 && number != Steps) continue;
            net.AnswerEncoded(checks, validation.Count, answers);
            var loss = AnswerLoss.RootMeanSquare.Of(answers, validation.Targets, lesson.Task.Width);
            if (loss < best) (best, kept, bestStep) = (loss, net.Parameters, number);
        }
        net.Parameters = kept;
        return (net, NetOutcome.Of(best, bestStep, losses));
    }

    private static double Update(SmallNet net, Step step, float[] encoded, Lesson lesson, ReadOnlySpan<int> rows)
    {
        var (features, width, outputs) = (net.Layout.Width, lesson.Task.Width, net.Net.Classes);
        var examples = new float[rows.Length * features];
        var targets = new float[rows.Length * outputs];
        for (var i = 0; i < rows.Length; i++)
        {
            encoded.AsSpan(rows[i] * features, features).CopyTo(examples.AsSpan(i * features));
            var target = lesson.Targets.AsSpan(rows[i] * width, width);
            if (lesson.Task.IsRegression) targets[i] = (float)((target[0] - net.Offset) / net.Scale);
            else if (width == 1) (targets[2 * i], targets[2 * i + 1]) = (1 - target[0], target[0]);
            else target.CopyTo(targets.AsSpan(i * outputs));
        }
        step.Begin(training: true);
        var logits = net.Net.Forward(step, step.Constant(net.Net.BatchShape(rows.Length), examples));
        var values = step.Constant(new Shape(rows.Length, outputs), targets);
        var loss = lesson.Task.IsRegression
            ? step.RowLoss(logits, RowLossTerms.SoftOnly(SoftLoss.LogitMeanSquaredError, 1), teacher: TeacherTarget.Logits(values))
            : step.RowLoss(logits, RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1, TeacherForm.Probabilities),
                teacher: TeacherTarget.Probabilities(values));
        step.Backward(loss.Loss);
        return net.Device.Scalar(loss.Loss);
    }

    private static void Standardise(SmallNet net, float[] targets)
    {
        net.Offset = targets.Average();
        net.Scale = Math.Max(1e-12, Math.Sqrt(targets.Average(target => (target - net.Offset) * (target - net.Offset))));
    }

    /// <summary>A fresh order each time all rows were seen.</summary>
    private sealed class Order(int count, int batch, Seed seed)
    {
        private readonly int[] _all = [.. Enumerable.Range(0, count)];
        private int[] _order = [];
        private int _next = int.MaxValue;
        private long _epoch;

        public ReadOnlySpan<int> Next()
        {
            if (_next > _all.Length - batch) (_order, _next) = (BatchOrder.Permutation(_all, seed, _epoch++), 0);
            _next += batch;
            return _order.AsSpan(_next - batch, batch);
        }
    }
}
