using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers;

/// <summary>A model that was trained here or read from a checkpoint; no tape, batch-norm statistics frozen.</summary>
public sealed class ModuleTeacher(Module module, Device device, string hash) : ITeacher
{
    private readonly Step _step = new(device, "teacher");

    public Offers Offers => Offers.HardLabels | Offers.DenseLogits;
    public int Classes => module.Classes;
    public string Hash => hash;
    public Module Module => module;
    public Device Device => device;

    public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits)
    {
        _step.Begin(training: false);
        var shape = module.BatchShape(count);
        device.Read(module.Forward(_step, _step.Constant(shape, examples)), logits);
    }

    public void Dispose()
    {
        _step.Dispose();
        module.Dispose();
    }
}
