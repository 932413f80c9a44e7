namespace Retort.Tensors;

/// <summary>
/// Bad input: the one error that a user meets (exit code 2). It answers where and what happened,
/// what was expected, and what to do, on three lines.
/// </summary>
public class RetortException : Exception
{
    /// <param name="location">Where: <c>file:line:column</c>, an operation, a path. May be empty.</param>
    /// <param name="what">What happened, with the numbers of both sides.</param>
    /// <param name="expected">What was expected. May be empty.</param>
    /// <param name="remedy">What to do. May be empty.</param>
    /// <param name="inner">The cause, for logs only; it is not printed.</param>
    public RetortException(string location, string what, string expected = "", string remedy = "", Exception? inner = null)
        : base(Compose(location, what, expected, remedy), inner)
    {
        Location = location;
        What = what;
        Expected = expected;
        Remedy = remedy;
    }

    public string Location { get; }
    public string What { get; }
    public string Expected { get; }
    public string Remedy { get; }

    private static string Compose(string location, string what, string expected, string remedy)
    {
        var first = location.Length == 0 ? what : $"{location}  {what}";
        return string.Join("\n  ", new[] { first, expected, remedy }.Where(part => part.Length > 0));
    }
}

/// <summary>The work itself failed (exit code 1): a loss that is not finite, an export that does not answer like its student.</summary>
public class RunFailedException(string location, string what, string expected = "", string remedy = "", Exception? inner = null)
    : RetortException(location, what, expected, remedy, inner);

/// <summary>
/// The work stopped before its end, on purpose, and can be resumed (exit code 75): a budget is used up, a service says: later.
/// </summary>
public class RunPausedException(string location, string what, string expected = "", string remedy = "", Exception? inner = null)
    : RetortException(location, what, expected, remedy, inner);
