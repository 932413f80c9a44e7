using Retort.Data.Tables;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Ensembles;

/// <summary>A network with few hidden units over the encoded rows; one thread, so that many train and answer side by side.</summary>
public sealed class SmallNet : IEnsembleMember, IDisposable
{
    private readonly Lock _lock = new();
    private readonly CpuDevice _device = new(1);
    private readonly Step _step;

    /// <param name="layout">How rows are encoded.</param>
    /// <param name="task">Two classes take two outputs.</param>
    /// <param name="hidden">Widths of the hidden layers, tanh.</param>
    /// <param name="seed">First weights.</param>
    public SmallNet(TableLayout layout, TableTask task, IReadOnlyList<int> hidden, Seed seed)
    {
        (Layout, Task) = (layout, task);
        Net = new Mlp(new Shape(layout.Width), hidden, task.Classes == 0 ? 1 : task.Classes, Activation.Tanh);
        Net.Build(_device, seed);
        _step = new Step(_device, "small net");
    }

    public TableLayout Layout { get; }
    public TableTask Task { get; }
    public Mlp Net { get; }

    /// <summary>Regression: the net answers (target − Offset) / Scale.</summary>
    public double Offset { get; set; }
    public double Scale { get; set; } = 1;
    public string Name => $"net of {string.Join("-", Net.Hidden)} units";
    public long Bytes => Net.Weights.Flat.Shape.Count * sizeof(float);

    /// <summary>All weights, in the order of the net.</summary>
    public float[] Parameters
    {
        get => _device.ToFloats(Net.Weights.Flat);
        set => _device.Write(Net.Weights.Flat, value);
    }

    internal Device Device => _device;

    public void Answer(MixedRows rows, int first, int count, Span<float> answers) =>
        AnswerEncoded(Layout.Encode(rows.Slice(first, count)), count, answers);

    /// <param name="encoded">[count, Layout.Width]</param>
    /// <param name="count">Rows.</param>
    /// <param name="answers">[count, width of the task]</param>
    public void AnswerEncoded(ReadOnlySpan<float> encoded, int count, Span<float> answers)
    {
        var logits = new float[count * Net.Classes];
        lock (_lock)
        {
            _step.Begin(training: false);
            _device.Read(Net.Forward(_step, _step.Constant(Net.BatchShape(count), encoded)), logits);
        }
        for (var i = 0; i < count; i++) ToAnswer(logits.AsSpan(i * Net.Classes, Net.Classes), answers.Slice(i * Task.Width, Task.Width));
    }

    private void ToAnswer(Span<float> logits, Span<float> answer)
    {
        if (Task.IsRegression) answer[0] = (float)(Offset + Scale * logits[0]);
        else if (Task.Width == 1) answer[0] = 1 / (1 + MathF.Exp(logits[0] - logits[1]));
        else
        {
            logits.CopyTo(answer);
            Probabilities.Softmax(answer);
        }
    }

    public void Dispose()
    {
        _step.Dispose();
        Net.Dispose();
        _device.Dispose();
    }
}
