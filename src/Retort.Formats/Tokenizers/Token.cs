namespace Retort.Formats.Tokenizers;

/// <summary>A token and the UTF-16 units [Start, End) that it stands for; of a part of a character, the whole character.</summary>
/// <param name="Id">In the vocabulary.</param>
/// <param name="Start">First unit.</param>
/// <param name="End">Behind the last unit.</param>
public readonly record struct Token(int Id, int Start, int End);
