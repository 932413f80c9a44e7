using Retort.Formats.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers.Onnx;

/// <summary>
/// The kernels of a device for operators of 32-bit floats. Weights are copied into the device's memory once; everything else goes in
/// before a call and comes out after it.
/// </summary>
/// <param name="device">Who computes.</param>
internal sealed class OnnxEngine(Device device) : IDisposable
{
    private readonly Step _step = new(device, "onnx");
    private readonly Arena _weights = device.CreateArena("onnx weights");
    private readonly Dictionary<float[], Tensor> _kept = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<object, object> _prepared = new(ReferenceEqualityComparer.Instance);

    public Kernels Kernels => device.Kernels;

    /// <summary>Ends the tensors of the operator before.</summary>
    public void Begin() => _step.Begin(training: false);

    public Storage In(OnnxArray array)
    {
        var floats = array.As<float>().Data;
        if (!array.IsConstant) return _step.Constant(new Shape(floats.Length), floats).Storage;
        if (!_kept.TryGetValue(floats, out var tensor))
        {
            tensor = _weights.Allocate(new Shape(floats.Length));
            device.Write(tensor, floats);
            _kept.Add(floats, tensor);
        }
        return tensor.Storage;
    }

    public Tensor Out(int count) => _step.Allocate(new Shape(count));

    public float[] Read(Tensor tensor) => device.ToFloats(tensor);

    /// <summary>What an operator has prepared from its constants once, for all runs.</summary>
    /// <param name="node">Whose constants.</param>
    /// <param name="prepare">Makes it.</param>
    public T Kept<T>(OnnxNode node, Func<T> prepare) where T : class
    {
        if (!_prepared.TryGetValue(node, out var kept)) _prepared.Add(node, kept = prepare());
        return (T)kept;
    }

    public void Dispose()
    {
        _step.Dispose();
        _weights.Dispose();
    }
}
