using System.Net;
using System.Text.RegularExpressions;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// Where a language model can be asked, in the way of OpenAI's chat completions. It names the variable that holds the key and never holds
/// the key: an endpoint may be written down.
/// </summary>
public sealed partial record ChatEndpoint
{
    private const string Path = "chat/completions";

    private ChatEndpoint(Uri address, string model, string? keyVariable) => (Address, Model, KeyVariable) = (address, model, keyVariable);

    /// <summary>The base address, such as https://api.openai.com/v1/, with a query where the service wants one.</summary>
    public Uri Address { get; }
    public string Model { get; }

    /// <summary>Name of the environment variable with the key; null = none is sent.</summary>
    public string? KeyVariable { get; }

    /// <summary>Who answers, for hashes and reports: two endpoints that could answer differently differ in it.</summary>
    public string Identity => $"{Address.GetLeftPart(UriPartial.Path)} {Model}";

    internal Uri Completions => new UriBuilder(Address) { Path = Address.AbsolutePath + Path }.Uri;

    /// <summary>OpenAI and Azure have renamed the limit of an answer; everybody else knows the old name.</summary>
    internal string LimitField => IsAzure || Address.Host.Equals("api.openai.com", StringComparison.OrdinalIgnoreCase)
        ? "max_completion_tokens" : "max_tokens";

    internal bool IsAzure => Address.Host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase);

    /// <param name="address">Base address; one that ends in /chat/completions is taken for its base.</param>
    /// <param name="model">As the service calls it.</param>
    /// <param name="keyVariable">NAME of an environment variable.</param>
    /// <exception cref="RetortException">No such address can be, it is one that Retort never asks, or a key stands where a name belongs.
    /// The text never shows what looks like a key.</exception>
    public static ChatEndpoint Parse(string address, string model, string? keyVariable)
    {
        foreach (var (option, value) in ((string, string?)[])[("--endpoint", address), ("--model", model), ("--key-variable", keyVariable)])
            if (value is not null && KeyShapes.Looks(value)) throw KeyInTheOpen(option);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new RetortException("--endpoint", $"'{KeyShapes.Hide(address)}' is no address of a service.",
                "http:// or https://, with the path of the version.", "for instance https://api.openai.com/v1 or http://127.0.0.1:8080/v1.");
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            throw new RetortException("--endpoint", "the address carries a user, a password or a fragment.", "the address alone.",
                "put the key into an environment variable and name it with --key-variable.");
        if (string.IsNullOrWhiteSpace(model))
            throw new RetortException("--model", "is empty.", "the name that the service has for the model.");
        if (keyVariable is not null && !VariableName().IsMatch(keyVariable))
            throw new RetortException("--key-variable", "what stands there is no name of an environment variable (it is not shown here).",
                "letters, digits and underscores, such as OPENAI_API_KEY.", "name the variable; never write the key itself.");
        if (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var literal)) ForbiddenAddresses.Check(literal, uri.Host);
        if (keyVariable is not null && uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback && !ForbiddenAddresses.IsPrivate(literal))
            throw new RetortException("--endpoint", $"a key would go to {uri.Host} unencrypted.",
                "https, or an address of this machine or its own network.", "use https, or leave --key-variable out.");
        var path = uri.AbsolutePath.TrimEnd('/');
        if (path.EndsWith("/" + Path, StringComparison.Ordinal)) path = path[..^(Path.Length + 1)];
        return new ChatEndpoint(new UriBuilder(uri) { Path = path + "/" }.Uri, model, keyVariable);
    }

    private static RetortException KeyInTheOpen(string option) => new(option,
        "what stands there looks like a key (it is not shown here).", "no key anywhere on a command line or in a file.",
        "put the key into an environment variable and name that with --key-variable; this one is in your shell's history now: replace it.");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex VariableName();
}
