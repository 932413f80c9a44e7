namespace Retort.Formats.Jsonl;

/// <param name="MostBytes">Longest line, in bytes.</param>
/// <param name="ForgiveCutLastLine">Drop a last line that does not end with a line feed and is no whole object:
/// what a killed writer leaves behind.</param>
public sealed record JsonlOptions(int MostBytes = 64 << 20, bool ForgiveCutLastLine = false);
