using System.Runtime.InteropServices;
using Retort.Tensors;

namespace Retort.Teachers.Native;

/// <summary>
/// ONNX Runtime's C interface: a table of functions (onnxruntime_c_api.h, OrtApi), whose order never changes. The library stays loaded:
/// its threads do not end when it is asked to go.
/// </summary>
internal sealed unsafe class OnnxRuntimeLibrary
{
    /// <summary>Every runtime since 1.14 gives this version of the table.</summary>
    private const uint ApiVersion = 14;

    // places in the table
    private const int ErrorMessage = 2, CreateEnv = 3, CreateSessionFromArray = 8, RunSession = 9, CreateSessionOptions = 10,
        SetIntraOpThreads = 24, CreateTensorWithData = 49, TensorData = 51, ElementType = 60, DimensionCount = 61, Dimensions = 62,
        TypeAndShape = 65, ValueType = 67, CreateCpuMemoryInfo = 69, ReleaseEnv = 92, ReleaseStatus = 93, ReleaseMemoryInfo = 94,
        ReleaseSession = 95, ReleaseValue = 96, ReleaseTypeAndShape = 99, ReleaseSessionOptions = 100;

    private readonly void** _table;

    private OnnxRuntimeLibrary(void** table) => _table = table;

    /// <param name="path">libonnxruntime.so, .dylib or onnxruntime.dll.</param>
    /// <exception cref="RetortException">It is not there, or is something else.</exception>
    public static OnnxRuntimeLibrary Load(string path)
    {
        try
        {
            var library = NativeLibrary.Load(path);
            var entry = (delegate* unmanaged<void**>)NativeLibrary.GetExport(library, "OrtGetApiBase");
            var table = (void**)((delegate* unmanaged<uint, void*>)entry()[0])(ApiVersion);
            if (table == null)
                throw new RetortException("RETORT_ONNXRUNTIME", $"'{path}' does not know version {ApiVersion} of its interface.",
                    "ONNX Runtime 1.14 or newer.", "name a newer library, or unset the variable.");
            return new OnnxRuntimeLibrary(table);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new RetortException("RETORT_ONNXRUNTIME", $"'{path}' cannot be loaded as ONNX Runtime.", "the path of libonnxruntime.",
                "correct the variable, or unset it: the managed executor needs no library.", error);
        }
    }

    public nint Environment()
    {
        nint environment;
        fixed (byte* name = "retort"u8)
            Check(((delegate* unmanaged<int, byte*, nint*, void*>)_table[CreateEnv])(3, name, &environment));
        return environment;
    }

    public nint Options(int threads)
    {
        nint options;
        Check(((delegate* unmanaged<nint*, void*>)_table[CreateSessionOptions])(&options));
        Check(((delegate* unmanaged<nint, int, void*>)_table[SetIntraOpThreads])(options, threads));
        return options;
    }

    public nint Session(nint environment, ReadOnlySpan<byte> model, nint options)
    {
        nint session;
        fixed (byte* bytes = model)
            Check(((delegate* unmanaged<nint, byte*, nuint, nint, nint*, void*>)_table[CreateSessionFromArray])(
                environment, bytes, (nuint)model.Length, options, &session));
        return session;
    }

    public nint CpuMemory()
    {
        nint memory;
        Check(((delegate* unmanaged<int, int, nint*, void*>)_table[CreateCpuMemoryInfo])(0, 0, &memory));
        return memory;
    }

    /// <summary>A tensor over memory that stays ours.</summary>
    public nint Tensor(nint memory, void* data, long bytes, ReadOnlySpan<long> shape, int type)
    {
        nint value;
        fixed (long* extents = shape)
            Check(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, void*>)_table[CreateTensorWithData])(
                memory, data, (nuint)bytes, extents, (nuint)shape.Length, type, &value));
        return value;
    }

    public void Run(nint session, ReadOnlySpan<nint> inputNames, ReadOnlySpan<nint> inputs, ReadOnlySpan<nint> outputNames,
        Span<nint> outputs)
    {
        fixed (nint* given = inputNames, values = inputs, asked = outputNames, results = outputs)
            Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, void*>)_table[RunSession])(
                session, 0, given, values, (nuint)inputs.Length, asked, (nuint)outputs.Length, results));
    }

    /// <summary>Type, shape and address of a tensor; null for maps and sequences.</summary>
    public (int Type, int[] Shape, nint Data)? Describe(nint value)
    {
        int kind;
        Check(((delegate* unmanaged<nint, int*, void*>)_table[ValueType])(value, &kind));
        if (kind != 1) return null;
        nint info;
        Check(((delegate* unmanaged<nint, nint*, void*>)_table[TypeAndShape])(value, &info));
        int type;
        nuint count;
        Check(((delegate* unmanaged<nint, int*, void*>)_table[ElementType])(info, &type));
        Check(((delegate* unmanaged<nint, nuint*, void*>)_table[DimensionCount])(info, &count));
        var extents = new long[count];
        fixed (long* shape = extents)
            Check(((delegate* unmanaged<nint, long*, nuint, void*>)_table[Dimensions])(info, shape, count));
        Release(ReleaseTypeAndShape, info);
        nint data;
        Check(((delegate* unmanaged<nint, nint*, void*>)_table[TensorData])(value, &data));
        return (type, [.. extents.Select(extent => checked((int)extent))], data);
    }

    public void EndValue(nint value) => Release(ReleaseValue, value);

    public void End(nint environment, nint options, nint session, nint memory)
    {
        Release(ReleaseSession, session);
        Release(ReleaseSessionOptions, options);
        Release(ReleaseMemoryInfo, memory);
        Release(ReleaseEnv, environment);
    }

    private void Release(int place, nint handle)
    {
        if (handle != 0) ((delegate* unmanaged<nint, void>)_table[place])(handle);
    }

    /// <summary>A status that is not null is an error with a sentence.</summary>
    private void Check(void* status)
    {
        if (status == null) return;
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<void*, byte*>)_table[ErrorMessage])(status)) ?? "";
        Release(ReleaseStatus, (nint)status);
        throw new RetortException("ONNX Runtime", message, "", "unset RETORT_ONNXRUNTIME to use the managed executor.");
    }
}
