using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Nn.Layers;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Teachers;

/// <summary>A model that was trained here or read from a checkpoint; no tape, batch-norm statistics frozen.</summary>
public sealed class ModuleTeacher(Module module, Device device, string hash) : IInProcessTeacher
{
    private readonly Step _step = new(device, "teacher");
    private bool _watchesLast;

    public Offers Offers => Offers.HardLabels | Offers.DenseLogits;
    public int Classes => module.Classes;
    public string Hash => hash;
    public Module Module => module;
    public Device Device => device;
    public IReadOnlyList<string> TapNames => module.TapNames;
    public IReadOnlyDictionary<string, Tensor> Tapped => module.Tapped;

    public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits)
    {
        _step.Begin(training: false);
        var shape = module.BatchShape(count);
        device.Read(module.Forward(_step, _step.Constant(shape, examples)), logits);
    }

    public IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps)
    {
        module.Watch(taps);
        _watchesLast = false;
        return TapShapes.Of(module, device);
    }

    public Shape WatchLast()
    {
        var path = module.Last?.Path ?? throw new RetortException("teacher",
            $"{module.GetType().Name} has no values before its last layer.", "mlps with hidden layers, and conv-nets.");
        module.Watch([.. module.Watched, path]);
        _watchesLast = true;
        return TapShapes.Of(module, device)[path];
    }

    public (Tensor Values, Linear Classifier)? Last =>
        _watchesLast && module.Last is var (path, classifier) ? (module.Tapped[path], classifier) : null;

    public void Attach(NodeGraph graph) => (module as GraphModel)?.Attach(graph);

    public Tensor Answer(Step step, Tensor examples) =>
        module.Forward(step, step.Reshape(examples, module.BatchShape((int)examples.Shape[0])));

    public void Dispose()
    {
        _step.Dispose();
        module.Dispose();
    }
}
