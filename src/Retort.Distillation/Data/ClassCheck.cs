using Retort.Tensors;

namespace Retort.Data;

/// <summary>Every class must be learnable and examinable.</summary>
internal static class ClassCheck
{
    /// <exception cref="RetortException">A class has fewer examples than <paramref name="least"/>.</exception>
    public static void AtLeast(int least, int[] labels, IReadOnlyList<string> names, string location)
    {
        var counts = new int[names.Count];
        foreach (var label in labels) counts[label]++;
        var poor = Array.FindIndex(counts, count => count < least);
        if (poor >= 0)
            throw new RetortException(location, $"class '{names[poor]}' has {counts[poor]} of {labels.Length} examples.",
                $"expected at least {least}.", "remove or join the class, or add examples.");
    }
}
