using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Models;

/// <summary>How positions turn heads.</summary>
/// <param name="Frequencies">Radians a position, one a pair (<see cref="RotaryFrequencies"/>).</param>
/// <param name="Scale">Of cosines and sines.</param>
public sealed record RotaryAngles(IReadOnlyList<double> Frequencies, double Scale = 1);

/// <summary>
/// Tables of cosines and sines, as long as the texts that came: a context of a million positions costs nothing until it is used.
/// </summary>
internal sealed class RotaryTables(Arena arena, RotaryAngles angles)
{
    private const int Shortest = 256;
    private RotaryTable _table;
    private int _positions;

    /// <summary>A table of at least so many positions. One handed out before stays valid.</summary>
    public RotaryTable For(long positions)
    {
        if (positions <= _positions) return _table;
        _positions = (int)Math.Max(Math.Max(positions, 2L * _positions), Shortest);
        return _table = RotaryTable.Of(arena, _positions, [.. angles.Frequencies], scale: angles.Scale);
    }
}
