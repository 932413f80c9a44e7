using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn.Models;

/// <summary>
/// Keys and values of the tokens that a <see cref="Gpt"/> has seen, so that each is computed once. Sequences of different length end
/// together: shorter ones begin with padding, which nobody sees and which has no position.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Device _device;
    private readonly Tensor[] _keys, _values;
    private Arena _arena;
    private int[] _padding;

    /// <param name="device">Where it lives.</param>
    /// <param name="shape">Of the model.</param>
    /// <param name="capacity">Tokens of a sequence, padding included.</param>
    /// <param name="padding">For each sequence, how many tokens before its first are padding.</param>
    public KeyValueCache(Device device, GptShape shape, int capacity, IReadOnlyList<int> padding)
    {
        (_device, _padding, Capacity) = (device, [.. padding], capacity);
        _arena = device.CreateArena("keys and values");
        var place = new Shape(padding.Count, capacity, shape.KeyHeads, shape.HeadWidth);
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => _arena.Allocate(place))];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => _arena.Allocate(place))];
    }

    public int Capacity { get; private set; }

    /// <summary>Tokens of each sequence so far, padding included.</summary>
    public int Length { get; private set; }

    public int Batch => _padding.Length;

    /// <summary>Makes room for so many tokens of each sequence; what is there stays.</summary>
    /// <param name="tokens">Those that are there included.</param>
    public void Reserve(int tokens)
    {
        if (tokens <= Capacity) return;
        var arena = _device.CreateArena("keys and values");
        foreach (var places in new[] { _keys, _values })
            for (var layer = 0; layer < places.Length; layer++)
            {
                var old = places[layer];
                long batch = old.Shape[0], token = old.Shape[2] * old.Shape[3];
                places[layer] = arena.Allocate(new Shape(batch, tokens, old.Shape[2], old.Shape[3]));
                if (Length > 0)
                    _device.Kernels.CopyStrided(old.Storage, [Capacity * token, token, 1], places[layer].Storage,
                        [tokens * token, token, 1], [batch, Length, token], false);
            }
        _arena.Dispose();
        (_arena, Capacity) = (arena, tokens);
    }

    /// <summary>Writes what a layer made of new tokens, and gives all it has made. Rows behind these tokens are undefined.</summary>
    /// <param name="step">The running step, which does not record.</param>
    /// <param name="layer">Its number.</param>
    /// <param name="keys">[batch, new tokens, keyHeads, width]</param>
    /// <param name="values">As the keys.</param>
    /// <returns>[batch, <see cref="Capacity"/>, keyHeads, width] each.</returns>
    internal (Tensor Keys, Tensor Values) Append(Step step, int layer, Tensor keys, Tensor values)
    {
        Write(step, keys, _keys[layer]);
        Write(step, values, _values[layer]);
        return (_keys[layer], _values[layer]);
    }

    /// <summary>All layers have appended so many tokens.</summary>
    internal void Advance(long tokens) => Length += (int)tokens;

    /// <summary>[batch, keys so far and new ones] int32, 0 = padding; null where there is none.</summary>
    internal Tensor? Mask(Step step, long tokens)
    {
        if (_padding.All(count => count == 0)) return null;
        var keys = (int)(Length + tokens);
        var mask = new int[_padding.Length * keys];
        for (var i = 0; i < mask.Length; i++) mask[i] = i % keys < _padding[i / keys] ? 0 : 1;
        return step.Constant(new Shape(_padding.Length, keys), mask.AsSpan());
    }

    /// <summary>[batch, new tokens] int32: the first token of each sequence stands at 0.</summary>
    internal Tensor Positions(Step step, long tokens)
    {
        var positions = new int[_padding.Length * tokens];
        for (var i = 0; i < positions.Length; i++) positions[i] = (int)Math.Max(0, Length + i % tokens - _padding[i / tokens]);
        return step.Constant(new Shape(_padding.Length, tokens), positions.AsSpan());
    }

    /// <summary>Only these sequences go on.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="rows">Ascending.</param>
    public void Keep(Step step, IReadOnlyList<int> rows)
    {
        var row = _keys[0].Shape.Without(0);
        foreach (var places in new[] { _keys, _values })
            for (var layer = 0; layer < places.Length; layer++)
            {
                for (var i = 0; i < rows.Count; i++) // rows move towards the first, so that none is written over before it is read
                    if (rows[i] != i)
                        step.Device.Kernels.Copy(places[layer].Part(rows[i] * row.Count, row).Storage,
                            places[layer].Part(i * row.Count, row).Storage, false);
                places[layer] = places[layer].Part(0, new Shape(rows.Count, row[0], row[1], row[2]));
            }
        _padding = [.. rows.Select(number => _padding[number])];
    }

    private void Write(Step step, Tensor from, Tensor to)
    {
        long batch = from.Shape[0], tokens = from.Shape[1], token = from.Shape[2] * from.Shape[3];
        var place = to.Storage.Slice(Length * token, to.Storage.Length - Length * token);
        if (batch == 1) step.Device.Kernels.Copy(from.Storage, place.Slice(0, tokens * token), false);
        else step.Device.Kernels.CopyStrided(from.Storage, [tokens * token, token, 1], place, [Capacity * token, token, 1],
            [batch, tokens, token], false);
    }

    public void Dispose() => _arena.Dispose();
}
