using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Fill(Storage destination, double value)
    {
        if (destination.ElementBytes == 8) new Span<double>((void*)destination.Address, checked((int)destination.Length)).Fill(value);
        else ForRange(destination.Length, ElementGrain, new FillWork { Destination = Floats(destination), Value = (float)value });
    }

    public override void Copy(Storage source, Storage destination, bool accumulate) =>
        ForRange(destination.Length, ElementGrain,
            new CopyWork { Source = Floats(source), Destination = Floats(destination), Accumulate = accumulate });

    public override void Scale(Storage source, double scale, Storage destination, bool accumulate) =>
        ForRange(destination.Length, ElementGrain, new ScaleWork
        {
            Source = Floats(source), Destination = Floats(destination), Factor = (float)scale, Accumulate = accumulate,
        });

    public override void GatherRows(Storage source, long sourceRows, Storage ids, long rows, long columns, Storage destination)
    {
        CheckIds(ids, rows, sourceRows, "GatherRows");
        if (source.IsNarrow)
            ForRange(rows, RowGrain(columns), new GatherNarrowWork
            {
                Source = new NarrowMatrix(source, columns), Ids = Integers(ids), Columns = checked((int)columns),
                Destination = Floats(destination),
            });
        else
            ForRange(rows, RowGrain(columns),
                new GatherWork { Source = Floats(source), Ids = Integers(ids), Columns = columns, Destination = Floats(destination) });
    }

    public override void ScatterAddRows(Storage source, Storage ids, long rows, long columns, Storage destination, long destinationRows)
    {
        CheckIds(ids, rows, destinationRows, "ScatterAddRows");
        // Threads own strips of columns and walk the rows in order: no atomics, and the same bits for any number of threads.
        ForRange((columns + StripColumns - 1) / StripColumns, 1, new ScatterWork
        {
            Source = Floats(source), Ids = Integers(ids), Rows = rows, Columns = columns, Destination = Floats(destination),
        });
    }

    /// <summary>Columns of one strip where threads own columns: two cache lines.</summary>
    private const long StripColumns = 32;

    private static void CheckIds(Storage ids, long count, long limit, string operation)
    {
        var values = Integers(ids);
        for (var i = 0L; i < count; i++)
            if ((uint)values[i] >= (ulong)limit) throw new RetortException(operation, $"id {values[i]} in row {i}.",
                $"ids of 0 to {limit - 1}.");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleInto(float* source, float* destination, long length, float factor, bool accumulate)
    {
        var factors = Vector512.Create(factor);
        for (var i = 0L; i < length; i += Lanes.Count)
            Lanes.Store(destination + i, length - i, Vector512.Load(source + i) * factors, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyInto(float* source, float* destination, long length, bool accumulate)
    {
        if (accumulate)
            for (var i = 0L; i < length; i += Lanes.Count)
                Lanes.Store(destination + i, length - i, Vector512.Load(destination + i) + Vector512.Load(source + i));
        else Buffer.MemoryCopy(source, destination, length * sizeof(float), length * sizeof(float));
    }

    private struct FillWork : IRangeWork
    {
        public float* Destination;
        public float Value;

        public readonly void Run(long start, long end) => new Span<float>(Destination + start, (int)(end - start)).Fill(Value);
    }

    private struct CopyWork : IRangeWork
    {
        public float* Source, Destination;
        public bool Accumulate;

        public readonly void Run(long start, long end) => CopyInto(Source + start, Destination + start, end - start, Accumulate);
    }

    private struct ScaleWork : IRangeWork
    {
        public float* Source, Destination;
        public float Factor;
        public bool Accumulate;

        public readonly void Run(long start, long end) => ScaleInto(Source + start, Destination + start, end - start, Factor, Accumulate);
    }

    private struct GatherWork : IRangeWork
    {
        public float* Source, Destination;
        public int* Ids;
        public long Columns;

        public readonly void Run(long start, long end)
        {
            for (var row = start; row < end; row++) CopyInto(Source + Ids[row] * Columns, Destination + row * Columns, Columns, false);
        }
    }

    private struct GatherNarrowWork : IRangeWork
    {
        public NarrowMatrix Source;
        public float* Destination;
        public int* Ids;
        public int Columns;

        public readonly void Run(long start, long end)
        {
            for (var row = start; row < end; row++) NarrowRows.Widen(Source, Ids[row], 0, Columns, Destination + row * Columns);
        }
    }

    private struct ScatterWork : IRangeWork
    {
        public float* Source, Destination;
        public int* Ids;
        public long Rows, Columns;

        public readonly void Run(long start, long end)
        {
            for (var strip = start; strip < end; strip++)
            {
                var first = strip * StripColumns;
                var width = Math.Min(StripColumns, Columns - first);
                for (var row = 0L; row < Rows; row++)
                    CopyInto(Source + row * Columns + first, Destination + Ids[row] * Columns + first, width, true);
            }
        }
    }
}
