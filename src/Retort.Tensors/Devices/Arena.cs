using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices;

/// <summary>
/// Bump memory, 64-byte aligned. <see cref="Reset"/> ends all its tensors at once; after the first steps nothing is allocated
/// any more, and equal shapes get equal addresses. Every block ends with 64 spare elements, which vector loads may read
/// and no result may depend on.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private const long SlackBytes = 512, Alignment = 64, LeastBlock = 1 << 18;
    private readonly List<(nint Address, long Bytes)> _blocks = [];
    private readonly List<Storage> _consumed = [];
    private readonly DataType _real;
    private int _block, _joins;
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

    /// <summary>Bytes in use.</summary>
    public long UsedBytes => _usedBefore + _used;

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

    /// <summary>Where the next tensor would lie.</summary>
    internal ArenaMark Mark() => new(_block, _used, _usedBefore, _consumed.Count);

    /// <summary>
    /// Gives back all that was taken since the mark. Unlike a reset it ends no handle: whoever has one must be done. What was overwritten
    /// meanwhile and lies before the mark stays so.
    /// </summary>
    internal void Release(in ArenaMark mark)
    {
        (_block, _used, _usedBefore) = (mark.Block, mark.Used, mark.UsedBefore);
        var kept = mark.Consumed;
        for (var i = kept; i < _consumed.Count; i++)
            if (IsTaken(_consumed[i])) _consumed[kept++] = _consumed[i];
        _consumed.RemoveRange(kept, _consumed.Count - kept);
    }

    private bool IsTaken(Storage storage)
    {
        for (var i = 0; i <= _block && i < _blocks.Count; i++)
        {
            var offset = storage.Address - _blocks[i].Address;
            if (offset >= 0 && offset < (i < _block ? _blocks[i].Bytes : _used)) return true;
        }
        return false;
    }

    /// <summary>Ends every tensor of this arena; in place of several blocks there is one that is as large as was ever needed.</summary>
    public void Reset()
    {
        Epoch++;
        _consumed.Clear();
        if (_blocks.Count > 1)
        {
            FreeBlocks(from: 0);
            AddBlock(_joins++ == 0 ? HighWaterBytes : HighWaterBytes / 2 * 3); // steps that grow and grow do not join each time
        }
        _block = 0;
        _used = _usedBefore = 0;
    }

    private nint Take(long bytes)
    {
        bytes = (bytes + SlackBytes + Alignment - 1) / Alignment * Alignment;
        if (_block < _blocks.Count && _used + bytes > _blocks[_block].Bytes)
        {
            _usedBefore += _used;
            _used = 0;
            _block++;
        }
        // Nothing lives from here on. A block as large as all that were there would stand half empty beside the next large tensor.
        if (_block < _blocks.Count && bytes > _blocks[_block].Bytes) FreeBlocks(from: _block);
        if (_block == _blocks.Count) AddBlock(Math.Max(bytes, LeastBlock));
        var address = _blocks[_block].Address + (nint)_used;
        _used += bytes;
        HighWaterBytes = Math.Max(HighWaterBytes, UsedBytes);
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

    private void FreeBlocks(int from)
    {
        for (var i = from; i < _blocks.Count; i++) Pages.Free((void*)_blocks[i].Address);
        _blocks.RemoveRange(from, _blocks.Count - from);
    }

    public void Dispose()
    {
        Epoch++;
        FreeBlocks(from: 0);
        GC.SuppressFinalize(this);
    }

    ~Arena() => FreeBlocks(from: 0);
}

/// <summary>A place in an arena: its block, the bytes used in it and before it, and the overwrites so far.</summary>
internal readonly record struct ArenaMark(int Block, long Used, long UsedBefore, int Consumed);
