using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Streams over memory that is too large for any cache.</summary>
public enum DataStream
{
    /// <summary>The sum of one array.</summary>
    Read,

    /// <summary>One array filled.</summary>
    Write,

    /// <summary>c = a + s·b (McCalpin's STREAM triad): two arrays read, one written.</summary>
    Triad,
}

/// <summary>
/// What the processor can do at most, measured on the device's own threads: the denominators of every "share of the machine".
/// Each figure is the best of all repetitions, because whatever disturbs a run only makes it slower.
/// </summary>
public sealed unsafe class MachineProbe(CpuDevice device, TimeProvider time)
{
    private const long Rounds = 1 << 17, ChunksPerThread = 16, StreamGrain = 1 << 16;
    private const int Accumulators = 12; // two units of latency 4 need 8; 12 and their operands fit the 16 registers of the narrow sets

    /// <summary>Widths in bits that this process may use, the widest first; 32 = one number at a time.</summary>
    public static IReadOnlyList<int> VectorWidths { get; } =
    [
        .. Vector512.IsHardwareAccelerated ? [512] : Array.Empty<int>(), .. Vector256.IsHardwareAccelerated ? [256] : Array.Empty<int>(),
        .. Vector128.IsHardwareAccelerated ? [128] : Array.Empty<int>(), 32,
    ];

    /// <summary>Peak of multiply-add in FLOP/s on all threads of the device (a multiply-add counts as two).</summary>
    /// <param name="bits">One of <see cref="VectorWidths"/>.</param>
    /// <param name="budget">How long to repeat.</param>
    public double MultiplyAdds(int bits, TimeSpan budget)
    {
        var seconds = bits switch
        {
            512 => Best(new ArithmeticJob<Vector512<float>, Width512>(), budget),
            256 => Best(new ArithmeticJob<Vector256<float>, Width256>(), budget),
            128 => Best(new ArithmeticJob<Vector128<float>, Width128>(), budget),
            _ => Best(new ArithmeticJob<float, Width32>(), budget),
        };
        return 2.0 * Accumulators * (bits / 32) * Rounds * ChunksPerThread * device.Threads / seconds;
    }

    /// <summary>Memory bandwidth in bytes/s on all threads of the device; bytes that a program names, no write-allocate traffic.</summary>
    /// <param name="kind">Which stream.</param>
    /// <param name="arrayBytes">Size of each array: some times the last cache.</param>
    /// <param name="budget">How long to repeat.</param>
    public double Bandwidth(DataStream kind, long arrayBytes, TimeSpan budget)
    {
        using var arena = device.CreateArena("probe");
        var count = arrayBytes / sizeof(float);
        var arrays = kind == DataStream.Triad ? 3 : 1;
        var memory = (float*)arena.Allocate(new Shape(arrays * count)).Storage.Address;
        var job = new StreamJob { Kind = kind, Count = count, A = memory, B = memory + (arrays - 1) / 2 * count, C = memory
            + (arrays - 1) * count };
        var seconds = BestOf(budget, () => device.Pool.For((count + StreamGrain - 1) / StreamGrain, job));
        return (double)arrays * count * sizeof(float) / seconds;
    }

    private double Best<T, TWidth>(ArithmeticJob<T, TWidth> job, TimeSpan budget) where T : unmanaged where TWidth : IWidth<T> =>
        BestOf(budget, () => device.Pool.For(ChunksPerThread * device.Threads, job));

    private double BestOf(TimeSpan budget, Action run)
    {
        run();
        var best = double.PositiveInfinity;
        var started = time.GetTimestamp();
        do
        {
            var before = time.GetTimestamp();
            run();
            best = Math.Min(best, time.GetElapsedTime(before).TotalSeconds);
        }
        while (time.GetElapsedTime(started) < budget);
        return best;
    }

    /// <summary>Twelve independent chains of multiply-adds in registers.</summary>
    private struct ArithmeticJob<T, TWidth> : IChunkJob where T : unmanaged where TWidth : IWidth<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long chunk, int thread)
        {
            T factor = TWidth.Splat(0.999f), term = TWidth.Splat(0.001f);
            T a = term, b = term, c = term, d = term, e = term, f = term, g = term, h = term, i = term, j = term, k = term, l = term;
            for (var round = 0L; round < Rounds; round++)
            {
                a = TWidth.MultiplyAdd(a, factor, term);
                b = TWidth.MultiplyAdd(b, factor, term);
                c = TWidth.MultiplyAdd(c, factor, term);
                d = TWidth.MultiplyAdd(d, factor, term);
                e = TWidth.MultiplyAdd(e, factor, term);
                f = TWidth.MultiplyAdd(f, factor, term);
                g = TWidth.MultiplyAdd(g, factor, term);
                h = TWidth.MultiplyAdd(h, factor, term);
                i = TWidth.MultiplyAdd(i, factor, term);
                j = TWidth.MultiplyAdd(j, factor, term);
                k = TWidth.MultiplyAdd(k, factor, term);
                l = TWidth.MultiplyAdd(l, factor, term);
            }
            var sum = TWidth.Add(TWidth.Add(TWidth.Add(a, b), TWidth.Add(c, d)), TWidth.Add(TWidth.Add(e, f), TWidth.Add(g, h)));
            Keep(TWidth.Add(sum, TWidth.Add(TWidth.Add(i, j), TWidth.Add(k, l))));
        }
    }

    private struct StreamJob : IChunkJob
    {
        public DataStream Kind;
        public long Count;
        public float* A, B, C;

        public readonly void Run(long chunk, int thread)
        {
            var first = chunk * StreamGrain;
            var length = Math.Min(StreamGrain, Count - first) / (4 * Lanes.Count) * (4 * Lanes.Count);
            if (Kind == DataStream.Read) Read(A + first, length);
            else if (Kind == DataStream.Write) Write(A + first, length);
            else Triad(A + first, B + first, C + first, length);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Read(float* a, long length)
        {
            Vector512<float> w = Vector512<float>.Zero, x = w, y = w, z = w;
            for (var i = 0L; i < length; i += 4 * Lanes.Count)
            {
                w += Vector512.Load(a + i);
                x += Vector512.Load(a + i + Lanes.Count);
                y += Vector512.Load(a + i + 2 * Lanes.Count);
                z += Vector512.Load(a + i + 3 * Lanes.Count);
            }
            Keep(w + x + (y + z));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Write(float* a, long length)
        {
            var value = Vector512.Create(1f);
            for (var i = 0L; i < length; i += Lanes.Count) value.Store(a + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Triad(float* a, float* b, float* c, long length)
        {
            var scale = Vector512.Create(0.5f);
            for (var i = 0L; i < length; i += Lanes.Count)
                Vector512.MultiplyAddEstimate(scale, Vector512.Load(b + i), Vector512.Load(a + i)).Store(c + i);
        }
    }

    /// <summary>A use of a result, so that no compiler may drop what led to it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep<T>(T value) => _ = value;

    private interface IWidth<T>
    {
        static abstract T Splat(float value);
        static abstract T Add(T left, T right);
        static abstract T MultiplyAdd(T value, T factor, T term);
    }

    private readonly struct Width512 : IWidth<Vector512<float>>
    {
        public static Vector512<float> Splat(float value) => Vector512.Create(value);
        public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;
        public static Vector512<float> MultiplyAdd(Vector512<float> value, Vector512<float> factor, Vector512<float> term) =>
            Vector512.MultiplyAddEstimate(value, factor, term);
    }

    private readonly struct Width256 : IWidth<Vector256<float>>
    {
        public static Vector256<float> Splat(float value) => Vector256.Create(value);
        public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;
        public static Vector256<float> MultiplyAdd(Vector256<float> value, Vector256<float> factor, Vector256<float> term) =>
            Vector256.MultiplyAddEstimate(value, factor, term);
    }

    private readonly struct Width128 : IWidth<Vector128<float>>
    {
        public static Vector128<float> Splat(float value) => Vector128.Create(value);
        public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;
        public static Vector128<float> MultiplyAdd(Vector128<float> value, Vector128<float> factor, Vector128<float> term) =>
            Vector128.MultiplyAddEstimate(value, factor, term);
    }

    private readonly struct Width32 : IWidth<float>
    {
        public static float Splat(float value) => value;
        public static float Add(float left, float right) => left + right;
        public static float MultiplyAdd(float value, float factor, float term) => float.MultiplyAddEstimate(value, factor, term);
    }
}
