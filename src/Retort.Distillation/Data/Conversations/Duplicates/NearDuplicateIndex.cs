using Retort.Tensors;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>
/// Finds earlier sets that are like a new one. MinHash proposes, the exact Jaccard similarity decides, so that nothing unlike is found. Of
/// sets in one bucket only the latest <see cref="MostInBucket"/> are looked at: thousands of prompts from one template stay affordable.
/// </summary>
/// <param name="seed">Of the hash functions.</param>
/// <param name="threshold">Least similarity.</param>
public sealed class NearDuplicateIndex(Seed seed, double threshold = NearDuplicateIndex.Threshold)
{
    public const double Threshold = 0.8;
    private const int MostInBucket = 512;

    private readonly MinHash _hash = new(seed);
    private readonly Dictionary<(int Band, ulong Key), List<int>> _buckets = [];
    private readonly List<uint[]> _sets = [];
    private readonly List<int> _asked = [];
    private int _question;

    /// <summary>Sets in it.</summary>
    public int Count => _sets.Count;

    /// <summary>All that are found to be like a set, in no order, with their similarities; an empty set is like nothing.</summary>
    public IReadOnlyList<(int Number, double Similarity)> Like(uint[] set) => Like(set, set.Length == 0 ? [] : _hash.Keys(set));

    /// <summary>Looks for what is like a set, and puts it in.</summary>
    public IReadOnlyList<(int Number, double Similarity)> Add(uint[] set) => Put(set, always: true);

    /// <summary>Looks for what is like a set, and puts it in where nothing is.</summary>
    public IReadOnlyList<(int Number, double Similarity)> AddNew(uint[] set) => Put(set, always: false);

    private List<(int, double)> Put(uint[] set, bool always)
    {
        var keys = set.Length == 0 ? [] : _hash.Keys(set);
        var found = Like(set, keys);
        if (!always && found.Count > 0) return found;
        for (var band = 0; band < keys.Length; band++)
        {
            if (!_buckets.TryGetValue((band, keys[band]), out var bucket)) _buckets[(band, keys[band])] = bucket = [];
            bucket.Add(_sets.Count);
        }
        _sets.Add(set);
        _asked.Add(0);
        return found;
    }

    private List<(int, double)> Like(uint[] set, ulong[] keys)
    {
        var found = new List<(int, double)>();
        _question++;
        for (var band = 0; band < keys.Length; band++)
        {
            if (!_buckets.TryGetValue((band, keys[band]), out var bucket)) continue;
            for (var place = bucket.Count - 1; place >= Math.Max(0, bucket.Count - MostInBucket); place--)
            {
                var number = bucket[place];
                if (_asked[number] == _question) continue;
                _asked[number] = _question;
                if (Shingles.Jaccard(set, _sets[number]) is var similarity && similarity >= threshold) found.Add((number, similarity));
            }
        }
        return found;
    }
}
