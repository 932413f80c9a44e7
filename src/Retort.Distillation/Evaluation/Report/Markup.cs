using System.Globalization;
using System.Net;

namespace Retort.Evaluation.Report;

/// <summary>
/// Text that is already HTML. <see cref="Of"/> escapes every argument of an interpolated string that is not itself
/// Markup, so forgetting to escape is not possible.
/// </summary>
internal readonly record struct Markup(string Value)
{
    public static Markup Empty { get; } = new("");

    public static Markup Of(FormattableString template) => new(string.Format(Escaping.Provider, template.Format, template.GetArguments()));

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.Value)));

    public override string ToString() => Value;

    private sealed class Escaping : IFormatProvider, ICustomFormatter
    {
        public static readonly Escaping Provider = new();

        public object? GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : null;

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg switch
        {
            null => "",
            Markup markup => markup.Value ?? "",
            IFormattable value => WebUtility.HtmlEncode(value.ToString(format, CultureInfo.InvariantCulture)),
            _ => WebUtility.HtmlEncode(arg.ToString() ?? ""),
        };
    }
}
