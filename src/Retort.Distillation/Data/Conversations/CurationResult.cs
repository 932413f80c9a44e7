using Retort.Data.Conversations.Duplicates;

namespace Retort.Data.Conversations;

/// <param name="Path">As it was named.</param>
/// <param name="Shape">For people.</param>
/// <param name="Rows">Conversations and set-aside rows in it.</param>
/// <param name="Hash">SHA-256 of its bytes, hexadecimal.</param>
public sealed record CuratedFile(string Path, string Shape, long Rows, string Hash);

/// <summary>What became of the rows; every one is in a part or set aside.</summary>
/// <param name="Files">What was read.</param>
/// <param name="Rows">In all files.</param>
/// <param name="Parts">Train, validation, test.</param>
/// <param name="Aside">With reasons.</param>
/// <param name="Redacted">How often each kind was replaced.</param>
/// <param name="Leaks">Allowed ones.</param>
public sealed record CurationResult(IReadOnlyList<CuratedFile> Files, long Rows, IReadOnlyList<IReadOnlyList<Conversation>> Parts,
    IReadOnlyList<SetAside> Aside, IReadOnlyDictionary<string, long> Redacted, IReadOnlyList<Leak> Leaks)
{
    public static IReadOnlyList<string> Names { get; } = ["train", "validation", "test"];
}
