namespace Retort.Recipes;

/// <summary>What stands in a field of a row. Data, and no expression: a rule of several conditions holds where all of them do.</summary>
/// <param name="Field">Its key; keys within others with a point, as in <c>metadata.language</c>.</param>
/// <param name="Values">One of these; a star in one stands for any text.</param>
public sealed record RowCondition(string Field, IReadOnlyList<string> Values);
