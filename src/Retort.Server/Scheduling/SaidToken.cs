namespace Retort.Server.Scheduling;

/// <summary>A token of an answer as log-probabilities tell it.</summary>
/// <param name="Id">In the model's vocabulary, or of the class.</param>
/// <param name="Text">U+FFFD where it is a part of a character.</param>
/// <param name="Bytes">What it says, also then.</param>
/// <param name="LogProbability">By the model's own softmax at temperature 1.</param>
/// <param name="Likeliest">The likeliest tokens in its place.</param>
internal sealed record SaidToken(int Id, string Text, byte[] Bytes, double LogProbability, IReadOnlyList<SaidToken> Likeliest);
