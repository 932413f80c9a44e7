namespace Retort.Nn.Models;

/// <summary>Tokens that follow those in the cache of their one sequence.</summary>
/// <param name="Tokens">At least one.</param>
/// <param name="Cache">Of one sequence without padding, with room for them.</param>
public readonly record struct CachedTokens(ReadOnlyMemory<int> Tokens, KeyValueCache Cache);
