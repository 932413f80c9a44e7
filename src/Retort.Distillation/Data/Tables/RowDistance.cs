namespace Retort.Data.Tables;

/// <summary>How far two mixed rows are apart.</summary>
public static class RowDistance
{
    /// <summary>Σ (a − b)² over numbers plus the count of words that differ; left off once it reaches the limit.</summary>
    /// <param name="a">One row.</param>
    /// <param name="b">The other.</param>
    /// <param name="nominal">Which columns are words.</param>
    /// <param name="limit">A distance that large is of no interest.</param>
    public static double Between(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<bool> nominal, double limit)
    {
        var distance = 0.0;
        for (var i = 0; i < a.Length && distance < limit; i++)
        {
            double difference = a[i] - b[i];
            if (!nominal[i]) distance += difference * difference;
            else if (difference != 0) distance++;
        }
        return distance;
    }
}
