using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices;

/// <summary>
/// Bump memory, 64-byte aligned. <see cref="Reset"/> ends all its tensors at once; after the first steps nothing is allocated
/// any more, and equal shapes get equal addresses. Every block ends with 64 spare elements, which vector loads may read
/// and no result may depend on.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private const long SlackBytes = 512, Alignment = 64, FirstBlock = 1 << 20;
    private readonly List<(nint Address, long Bytes)> _blocks = [];
    private readonly List<Storage> _consumed = [];
    private readonly DataType _real;
    private int _block;
    private long _used, _usedBefore;

    internal Arena(Device device, string name)
    {
        Device = device;
        Name = name;
        _real = device.RealType;
    }

    public Device Device { get; }
    public string Name { get; }

    /// <summary>Number of resets: tensors of an earlier epoch are dead.</summary>
    public int Epoch { get; private set; }

    /// <summary>Gradients of this arena's tensors, laid out alike; null unless it holds parameters.</summary>
    internal Arena? Gradients { get; private set; }

    /// <summary>Makes this arena one of parameters: from now on gradients of its tensors land in <paramref name="gradients"/>.</summary>
    /// <remarks>Both must be one block: allocate the flat buffer of each first.</remarks>
    internal void PairWith(Arena? gradients) => Gradients = gradients;

    internal Storage GradientOf(Storage parameter) =>
        parameter with { Address = Gradients!._blocks[0].Address + (parameter.Address - _blocks[0].Address) };

    /// <summary>How often memory was written over since the last reset.</summary>
    internal int Overwrites => _consumed.Count;

    internal void Consume(Storage storage) => _consumed.Add(storage);

    /// <summary>Whether a handle on this memory, made after so many overwrites, reads numbers that are gone.</summary>
    internal bool IsConsumed(Storage storage, int overwritesBefore)
    {
        for (var i = overwritesBefore; i < _consumed.Count; i++)
            if (_consumed[i].Overlaps(storage)) return true;
        return false;
    }

    /// <summary>Bytes reserved from the system.</summary>
    public long ReservedBytes => _blocks.Sum(block => block.Bytes);

    /// <summary>Most bytes ever in use.</summary>
    public long HighWaterBytes { get; private set; }

    /// <summary>A tensor of the device's float type; its content is undefined.</summary>
    public Tensor Allocate(Shape shape) => Allocate(shape, _real);

    public Tensor Allocate(Shape shape, DataType type)
    {
        return new Tensor(this, new Storage(Take(type.BytesOf(shape)), shape.Count, type.Bytes()), shape, type);
    }

    /// <summary>Raw memory of the device's float type.</summary>
    internal Storage AllocateBuffer(long count) => new(Take(checked(count * _real.Bytes())), count, _real.Bytes());

    /// <summary>Ends every tensor of this arena and joins its blocks into one.</summary>
    public void Reset()
    {
        Epoch++;
        _consumed.Clear();
        if (_blocks.Count > 1)
        {
            var total = ReservedBytes;
            FreeBlocks();
            AddBlock(total);
        }
        _block = 0;
        _used = _usedBefore = 0;
    }

    private nint Take(long bytes)
    {
        bytes = (bytes + SlackBytes + Alignment - 1) / Alignment * Alignment;
        while (_block < _blocks.Count && _used + bytes > _blocks[_block].Bytes)
        {
            _usedBefore += _used;
            _used = 0;
            _block++;
        }
        if (_block == _blocks.Count) AddBlock(Math.Max(bytes, Math.Max(FirstBlock, ReservedBytes)));
        var address = _blocks[_block].Address + (nint)_used;
        _used += bytes;
        HighWaterBytes = Math.Max(HighWaterBytes, _usedBefore + _used);
        return address;
    }

    private void AddBlock(long bytes)
    {
        void* memory;
        try
        {
            memory = Pages.Allocate(bytes);
        }
        catch (OutOfMemoryException cause)
        {
            throw new RunFailedException($"arena {Name}", $"{bytes:N0} bytes were refused by the system.",
                $"room beside {ReservedBytes:N0} bytes already held.", "use a smaller batch or model.", cause);
        }
        NativeMemory.Clear(memory, (nuint)bytes); // also faults the pages in, outside any timed region
        Device.Allocations.Add();
        _blocks.Add(((nint)memory, bytes));
    }

    private void FreeBlocks()
    {
        foreach (var (address, _) in _blocks) Pages.Free((void*)address);
        _blocks.Clear();
    }

    public void Dispose()
    {
        Epoch++;
        FreeBlocks();
        GC.SuppressFinalize(this);
    }

    ~Arena() => FreeBlocks();
}
