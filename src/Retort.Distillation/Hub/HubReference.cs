using System.Text.RegularExpressions;
using Retort.Tensors;

namespace Retort.Hub;

/// <summary>A model on the hub: <c>hf:ORG/NAME</c>, or <c>hf:ORG/NAME@REVISION</c>.</summary>
/// <param name="Organisation">Who keeps it.</param>
/// <param name="Name">Of the model.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
public sealed partial record HubReference(string Organisation, string Name, string Revision)
{
    public const string Prefix = "hf:", UsualRevision = "main";

    public string Model => $"{Organisation}/{Name}";

    public override string ToString() => $"{Prefix}{Model}{(Revision == UsualRevision ? "" : "@" + Revision)}";

    /// <summary>The folder of a model in the hub's own cache.</summary>
    internal string CacheFolder => $"models--{Organisation}--{Name}";

    /// <exception cref="RetortException">The text is no reference.</exception>
    public static HubReference Parse(string text)
    {
        var match = Form().Match(text);
        // two dots would leave the folder, two hyphens would name another model's
        return match.Success && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("--", StringComparison.Ordinal)
            ? new(match.Groups["org"].Value, match.Groups["name"].Value,
                match.Groups["revision"].Success ? match.Groups["revision"].Value : UsualRevision)
            : throw new RetortException(text, "is no model of the hub.", "hf:ORG/NAME or hf:ORG/NAME@REVISION.",
                "write it as on the model's page.");
    }

    [GeneratedRegex(@"^hf:(?<org>\w[\w.-]{0,95})/(?<name>\w[\w.-]{0,95})(@(?<revision>\w[\w./-]{0,95}))?\z", RegexOptions.ECMAScript)]
    private static partial Regex Form();
}
