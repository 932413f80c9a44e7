namespace Retort.Tensors;

/// <summary>
/// Counter-based randomness: Philox4x32-10 (Salmon et al., SC 2011). The same numbers for any order of asking, on resume,
/// and for any number of workers.
/// </summary>
public readonly record struct Seed(ulong Value)
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57, WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;

    /// <summary>A seed for one purpose: init, data, augment, dropout, generate, bootstrap.</summary>
    public Seed Derive(string purpose)
    {
        var hash = 14695981039346656037UL; // FNV-1a over the purpose, then one Philox block keyed by this seed.
        foreach (var letter in purpose) hash = (hash ^ letter) * 1099511628211UL;
        return Derive(hash);
    }

    public Seed Derive(ulong number)
    {
        var (a, b, _, _) = Block(number, 0x5EED);
        return new Seed(((ulong)a << 32) | b);
    }

    /// <summary>Four 32-bit words for a 128-bit counter (low, high).</summary>
    public (uint A, uint B, uint C, uint D) Block(ulong low, ulong high = 0)
    {
        uint c0 = (uint)low, c1 = (uint)(low >> 32), c2 = (uint)high, c3 = (uint)(high >> 32);
        uint k0 = (uint)Value, k1 = (uint)(Value >> 32);
        for (var round = 0; round < 10; round++)
        {
            var productA = (ulong)MultiplierA * c0;
            var productB = (ulong)MultiplierB * c2;
            (c0, c1, c2, c3) = ((uint)(productB >> 32) ^ c1 ^ k0, (uint)productB, (uint)(productA >> 32) ^ c3 ^ k1, (uint)productA);
            k0 += WeylA;
            k1 += WeylB;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>Uniform in [0, 1) with 24 bits.</summary>
    public float Uniform(ulong low, ulong high = 0) => (Block(low, high).A >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double UniformDouble(ulong low, ulong high = 0)
    {
        var (a, b, _, _) = Block(low, high);
        return ((((ulong)a << 32) | b) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Standard normal by Box-Muller.</summary>
    public double Normal(ulong low, ulong high = 0)
    {
        var (a, b, c, d) = Block(low, high);
        var radius = 1.0 - ((((ulong)a << 32) | b) >> 11) * (1.0 / (1UL << 53)); // in (0, 1]
        var angle = ((((ulong)c << 32) | d) >> 11) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
    }

    /// <summary>Uniform integer in [0, bound).</summary>
    public int Below(int bound, ulong low, ulong high = 0) => (int)(((ulong)Block(low, high).A * (ulong)bound) >> 32);
}
