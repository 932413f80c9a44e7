using System.Diagnostics;
using System.Text.Encodings.Web;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// A key. Text, debugger and JSON get "(secret)" of it; only the header of a request is made from it. It lives in the environment and
/// in this object, nowhere else.
/// </summary>
[DebuggerDisplay(Hidden)]
public sealed class Secret
{
    public const string Hidden = "(secret)";

    /// <summary>Below this a key is a word such as "none", which answers may contain; it guards nothing.</summary>
    private const int ShortestHidden = 8;
    private readonly string _value;

    private Secret(string value) => _value = value;

    /// <param name="variable">Name of the environment variable that holds the key.</param>
    /// <param name="environment">Gives a variable's value, or null.</param>
    /// <exception cref="RetortException">There is none, or no header can carry it. The text never shows the value.</exception>
    public static Secret OfEnvironment(string variable, Func<string, string?> environment)
    {
        if (environment(variable)?.Trim() is not { Length: > 0 } value)
            throw new RetortException(variable, "the environment has no variable of this name, or it is empty.",
                "the key of the endpoint in it.", $"set it in this shell first (export {variable}=…), or leave --key-variable out.");
        if (value.Any(letter => letter is <= ' ' or > '~'))
            throw new RetortException(variable, "holds something that no header can carry: a blank, a line end or a letter beyond ASCII.",
                "a key alone.", "look at how the variable is set; the value is not shown here.");
        return new Secret(value);
    }

    /// <summary>The text without the key, also where JSON or an address has escaped it.</summary>
    public string Redact(string text) => _value.Length < ShortestHidden ? text
        : text.Replace(_value, Hidden, StringComparison.Ordinal)
            .Replace(JavaScriptEncoder.Default.Encode(_value), Hidden, StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(_value), Hidden, StringComparison.Ordinal);

    public override string ToString() => Hidden;

    internal string Reveal() => _value;
}
