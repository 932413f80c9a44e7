namespace Retort.Formats.Tokenizers;

/// <summary>
/// Numbers by 64-bit keys, by open addressing: looking pairs up is most of the work of a tokenizer, and a dictionary takes twice as long.
/// </summary>
/// <param name="capacity">Keys that are expected.</param>
internal sealed class PackedMap(int capacity = 8)
{
    /// <summary>Places that are looked at for one key. Half of them are empty, so some tens do; only chosen keys crowd so.</summary>
    private const int MostLooks = 4096;

    private (ulong Key, int Value)[] _places = Empty(capacity);

    public int Count { get; private set; }

    /// <param name="key">Any.</param>
    /// <param name="value">Not negative; −1 where there is none.</param>
    public bool TryGet(ulong key, out int value)
    {
        value = Find(_places, key).Value;
        return value >= 0;
    }

    /// <summary>Sets the value of a key, which is not negative.</summary>
    public void Set(ulong key, int value)
    {
        if ((Count + 1) * 2 > _places.Length) Grow();
        ref var place = ref Find(_places, key);
        if (place.Value < 0) Count++;
        place = (key, value);
    }

    private void Grow()
    {
        var larger = Empty(_places.Length);
        foreach (var place in _places)
            if (place.Value >= 0) Find(larger, place.Key) = place;
        _places = larger;
    }

    private static (ulong, int)[] Empty(int capacity)
    {
        var places = new (ulong, int)[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, capacity) * 2)];
        Array.Fill(places, (0UL, -1));
        return places;
    }

    /// <summary>The place of a key, or the empty one where it belongs.</summary>
    private static ref (ulong Key, int Value) Find((ulong Key, int Value)[] places, ulong key)
    {
        var mask = (uint)places.Length - 1;
        var place = (uint)(key * 0x9E3779B97F4A7C15 >> 32) & mask;
        for (var looks = 0; places[place].Key != key && places[place].Value >= 0; place = place + 1 & mask)
            if (++looks > MostLooks)
                throw new FormatException("vocabulary", $"more than {MostLooks} of its pairs fall on the same place", "expected less order",
                    "it may be hostile: use another tokenizer");
        return ref places[place];
    }
}
