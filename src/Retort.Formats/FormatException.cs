using Retort.Tensors;

namespace Retort.Formats;

/// <summary>A file was refused. Location is the path, with <c>:line:column</c> or a byte offset where one is known.</summary>
public sealed class FormatException(string location, string what, string expected = "", string remedy = "", Exception? inner = null)
    : RetortException(location, what, expected, remedy, inner);
