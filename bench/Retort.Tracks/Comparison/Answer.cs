using System.Globalization;

namespace Retort.Tracks.Comparison;

/// <summary>What a side says to a line: <c>median_ms min_ms n loss cpu_seconds</c>.</summary>
/// <param name="Median">Milliseconds of a call.</param>
/// <param name="Minimum">Milliseconds of the fastest call.</param>
/// <param name="Count">Timed calls.</param>
/// <param name="Loss">The number that both sides must agree on.</param>
/// <param name="ProcessorSeconds">Of its process, since it read the line.</param>
internal sealed record Answer(double Median, double Minimum, int Count, double Loss, double ProcessorSeconds)
{
    /// <exception cref="SideException">It is no such line: the side's own <c>error</c>, or something else.</exception>
    public static Answer Read(string side, string line)
    {
        if (line.StartsWith("error ", StringComparison.Ordinal)) throw new SideException($"{side}: {line["error ".Length..]}");
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[5];
        var read = words.Length == numbers.Length;
        for (var i = 0; read && i < numbers.Length; i++)
            read = double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
        return read
            ? new Answer(numbers[0], numbers[1], (int)numbers[2], numbers[3], numbers[4])
            : throw new SideException($"{side} answered '{line}', not 'median_ms min_ms n loss cpu_seconds'.");
    }
}

/// <summary>A side cannot do a work, or does not keep to the protocol: that work is left out, the others go on.</summary>
internal sealed class SideException(string message) : Exception(message);
