using System.Runtime.InteropServices;
using Retort.Formats.Onnx;
using Retort.Teachers.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Native;

/// <summary>An ONNX model in ONNX Runtime, whose library the user names. Outputs that are no arrays of numbers come as nothing.</summary>
public sealed unsafe class OnnxRuntimeProgram : IOnnxProgram
{
    private readonly OnnxRuntimeLibrary _library;
    private readonly nint _environment, _options, _session, _memory;
    private readonly nint[] _inputNames, _outputNames;

    /// <param name="library">Path of libonnxruntime.</param>
    /// <param name="model">As our reader, which has checked it, gives it.</param>
    /// <param name="bytes">The same, as it lies in its file.</param>
    /// <param name="threads">Within an operator.</param>
    /// <exception cref="RetortException">The library or the model is refused.</exception>
    public OnnxRuntimeProgram(string library, OnnxModel model, ReadOnlySpan<byte> bytes, int threads)
    {
        if (model.Bytes != bytes.Length)
            throw new RetortException(model.Location, "the model has external data.", "a model in one file, for ONNX Runtime.",
                "unset RETORT_ONNXRUNTIME to use the managed executor.");
        var constants = model.Graph.Initializers.Select(constant => constant.Name).ToHashSet(StringComparer.Ordinal);
        Inputs = [.. model.Graph.Inputs.Where(input => !constants.Contains(input.Name))];
        Outputs = [.. model.Graph.Outputs.Select(output => output.Name)];
        _inputNames = [.. Inputs.Select(input => Marshal.StringToCoTaskMemUTF8(input.Name))];
        _outputNames = [.. Outputs.Select(Marshal.StringToCoTaskMemUTF8)];
        _library = OnnxRuntimeLibrary.Load(library);
        try
        {
            _environment = _library.Environment();
            _options = _library.Options(threads);
            _memory = _library.CpuMemory();
            _session = _library.Session(_environment, bytes, _options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<OnnxValueInfo> Inputs { get; }
    public IReadOnlyList<string> Outputs { get; }

    public IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (inputs.Count != Inputs.Count) throw new RetortException("ONNX Runtime", $"{inputs.Count} values were given.", $"{Inputs.Count}.");
        var buffers = new List<nint>();
        var (values, results) = (new nint[inputs.Count], new nint[Outputs.Count]);
        try
        {
            for (var i = 0; i < values.Length; i++) values[i] = Given(inputs[i] as OnnxArray, buffers);
            _library.Run(_session, _inputNames, values, _outputNames, results);
            return [.. results.Select(Taken)];
        }
        finally
        {
            foreach (var value in values.Concat(results)) _library.EndValue(value);
            foreach (var buffer in buffers) NativeMemory.Free((void*)buffer);
        }
    }

    public void Dispose()
    {
        _library.End(_environment, _options, _session, _memory);
        foreach (var name in _inputNames.Concat(_outputNames)) Marshal.FreeCoTaskMem(name);
    }

    private nint Given(OnnxArray? array, List<nint> buffers)
    {
        ReadOnlySpan<byte> bytes = array switch
        {
            OnnxArray<float> a when a.Type == OnnxType.Float => MemoryMarshal.AsBytes(a.Data.AsSpan()),
            OnnxArray<double> a => MemoryMarshal.AsBytes(a.Data.AsSpan()),
            OnnxArray<long> a => MemoryMarshal.AsBytes(a.Data.AsSpan()),
            OnnxArray<int> a => MemoryMarshal.AsBytes(a.Data.AsSpan()),
            OnnxArray<bool> a => MemoryMarshal.AsBytes(a.Data.AsSpan()),
            OnnxArray<byte> a when a.Type == OnnxType.UInt8 => a.Data,
            _ => throw new RetortException("ONNX Runtime", $"an input of type {array?.Type.ToString() ?? "sequence"}.", "numbers of 32 or 64 bits, or bytes."),
        };
        var buffer = (nint)NativeMemory.Alloc((nuint)Math.Max(1, bytes.Length));
        buffers.Add(buffer);
        bytes.CopyTo(new Span<byte>((void*)buffer, bytes.Length));
        return _library.Tensor(_memory, (void*)buffer, bytes.Length, [.. array!.Shape.Select(extent => (long)extent)], (int)array.Type);
    }

    private OnnxValue Taken(nint value)
    {
        if (_library.Describe(value) is not { } tensor) return OnnxNothing.Instance;
        var count = tensor.Shape.Aggregate(1, (product, extent) => checked(product * extent));
        return (OnnxType)tensor.Type switch
        {
            OnnxType.Float => OnnxArray.Of(tensor.Shape, new Span<float>((void*)tensor.Data, count).ToArray()),
            OnnxType.Double => new OnnxArray<double>(OnnxType.Double, tensor.Shape, new Span<double>((void*)tensor.Data, count).ToArray()),
            OnnxType.Int64 => new OnnxArray<long>(OnnxType.Int64, tensor.Shape, new Span<long>((void*)tensor.Data, count).ToArray()),
            OnnxType.Int32 => new OnnxArray<int>(OnnxType.Int32, tensor.Shape, new Span<int>((void*)tensor.Data, count).ToArray()),
            OnnxType.Bool => new OnnxArray<bool>(OnnxType.Bool, tensor.Shape, new Span<bool>((void*)tensor.Data, count).ToArray()),
            OnnxType.UInt8 => new OnnxArray<byte>(OnnxType.UInt8, tensor.Shape, new Span<byte>((void*)tensor.Data, count).ToArray()),
            _ => OnnxNothing.Instance,
        };
    }
}
