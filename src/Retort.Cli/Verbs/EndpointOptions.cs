using System.CommandLine;
using Retort.Asking;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

/// <summary>Whom to ask, how fast, and for how much: the same words in every verb that asks an endpoint.</summary>
internal sealed class EndpointOptions
{
    private readonly Option<string?> _endpoint;
    private readonly Option<string?> _model;
    private readonly Option<string?> _keyVariable = new("--key-variable")
    {
        Description = "NAME of the environment variable that holds the key; never the key.", HelpName = "NAME",
    };
    private readonly Option<int> _newTokens;
    private readonly Option<double> _temperature;
    private readonly Option<string?> _fields = new("--fields") { Description = "More fields of the request, as JSON.", HelpName = "{…}" };
    private readonly Option<decimal?> _maxDollars = new("--max-usd") { Description = "Stops before it costs more.", HelpName = "X" };
    private readonly Option<long?> _maxTokens = new("--max-tokens") { Description = "Stops before it takes more tokens in all.", HelpName = "N" };
    private readonly Option<long?> _maxRequests = new("--max-requests") { Description = "Stops before it sends more.", HelpName = "N" };
    private readonly Option<decimal?> _priceIn = new("--price-in") { Description = "US dollars for a million tokens of prompts.", HelpName = "X" };
    private readonly Option<decimal?> _priceOut = new("--price-out") { Description = "US dollars for a million tokens of answers.", HelpName = "X" };
    private readonly Option<string?> _prices = new("--prices") { Description = "A table of prices that goes before the shipped one.", HelpName = "FILE" };
    private readonly Option<bool> _allowUnpriced = new("--allow-unpriced") { Description = "Ask although nobody has said what it costs." };
    private readonly Option<double?> _requestsPerMinute = new("--rpm") { Description = "Requests a minute.", HelpName = "N" };
    private readonly Option<double?> _tokensPerMinute = new("--tpm") { Description = "Tokens a minute.", HelpName = "N" };
    private readonly Option<int> _concurrency = Number("--concurrency", "Most requests at once; fewer when the service has too much.", "N", 16);
    private readonly Option<double> _silence = Real("--timeout", "Seconds that the service may say nothing.", "S", 180);
    private readonly Option<bool> _stream = new("--stream") { Description = "Take answers in pieces: stalls and cuts show at once." };
    private readonly Option<bool> _anyModel = new("--any-model") { Description = "Take answers of another model than was asked." };

    /// <param name="required">The verb does nothing without an endpoint.</param>
    /// <param name="newTokens">Most tokens of an answer, if nothing else is said.</param>
    /// <param name="temperature">With its reason.</param>
    public EndpointOptions(bool required, int newTokens, (double Usual, string Reason) temperature)
    {
        _endpoint = new("--endpoint")
        {
            Description = "Base address of an OpenAI-compatible service, with its version.", HelpName = "URL", Required = required,
        };
        _model = new("--model") { Description = "The model, as the service calls it.", HelpName = "NAME", Required = required };
        _newTokens = Number("--new-tokens", "Most tokens of an answer; a longer one is rejected.", "N", newTokens);
        _temperature = Real("--temperature", temperature.Reason, "T", temperature.Usual);
    }

    public IEnumerable<Option> All =>
    [
        _endpoint, _model, _keyVariable, _newTokens, _temperature, _fields, _maxDollars, _maxTokens, _maxRequests, _priceIn, _priceOut,
        _prices, _allowUnpriced, _requestsPerMinute, _tokensPerMinute, _concurrency, _silence, _stream, _anyModel,
    ];

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_endpoint) is not null || parsed.GetValue(_model) is not null;

    public ChatEndpoint Endpoint(ParseResult parsed) => ChatEndpoint.Parse(
        parsed.GetValue(_endpoint) ?? throw new RetortException("--endpoint", "is missing.", "beside --model, the address of the service."),
        parsed.GetValue(_model) ?? throw new RetortException("--model", "is missing.", "beside --endpoint, the name of the model."),
        parsed.GetValue(_keyVariable));

    public HttpChatTeacher Open(ParseResult parsed, ChatEndpoint endpoint, TimeProvider time) =>
        new(endpoint, Environment.GetEnvironmentVariable, time)
        {
            Streams = parsed.GetValue(_stream),
            AnyModel = parsed.GetValue(_anyModel),
            LongestSilence = TimeSpan.FromSeconds(Positive("--timeout", parsed.GetValue(_silence))),
        };

    /// <summary>How answers are to be given, as far as these options say it.</summary>
    public ChatParameters Parameters(ParseResult parsed) => new()
    {
        NewTokens = (int)Positive("--new-tokens", parsed.GetValue(_newTokens)),
        Temperature = parsed.GetValue(_temperature) is >= 0 and var temperature ? temperature
            : throw new RetortException("--temperature", "it is below 0.", "0 or more."),
        Extra = parsed.GetValue(_fields) is { } fields ? ChatParameters.ReadExtra(fields, "--fields") : null,
    };

    /// <summary>Prompts at the price, within the caps and limits of these options.</summary>
    public AskingOrder Order(ParseResult parsed, ChatEndpoint endpoint, IReadOnlyList<Prompt> prompts, ChatParameters parameters)
    {
        var price = Price(parsed, endpoint);
        var caps = new SpendCaps(parsed.GetValue(_maxDollars), parsed.GetValue(_maxTokens), parsed.GetValue(_maxRequests));
        if (ReferenceEquals(price, Teachers.Chat.Price.Unknown) && caps.Dollars is not null)
            throw new RetortException("--max-usd", "no cap in money can be kept: nobody has said what the model costs.",
                "a price.", "add --price-in and --price-out, or cap --max-tokens instead.");
        return new AskingOrder
        {
            Prompts = prompts,
            Parameters = parameters,
            Price = price,
            Caps = caps,
            Rate = new RateLimits(Limit("--rpm", parsed.GetValue(_requestsPerMinute)), Limit("--tpm", parsed.GetValue(_tokensPerMinute))),
            Concurrency = (int)Positive("--concurrency", parsed.GetValue(_concurrency)),
        };
    }

    public static double Positive(string option, double value) => value > 0 && double.IsFinite(value) ? value
        : throw new RetortException(option, FormattableString.Invariant($"it is {value}."), "above 0.");

    public static Option<int> Number(string name, string description, string help, int usual) =>
        new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => usual };

    public static Option<double> Real(string name, string description, string help, double usual) =>
        new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => usual };

    private Price Price(ParseResult parsed, ChatEndpoint endpoint)
    {
        var (input, output) = (parsed.GetValue(_priceIn), parsed.GetValue(_priceOut));
        if (input is { } a && output is { } b)
            return a >= 0 && b >= 0 ? new Price(a, b) : throw new RetortException("--price-in, --price-out", "a price is below 0.", "dollars for a million tokens.");
        if (input is not null || output is not null)
            throw new RetortException("--price-in, --price-out", "one of the two is missing.", "both, in dollars for a million tokens.");
        if (PriceTable.With(parsed.GetValue(_prices)).Find(endpoint) is { } price) return price;
        return parsed.GetValue(_allowUnpriced) ? Teachers.Chat.Price.Unknown
            : throw new RetortException("price", $"nobody has said what '{endpoint.Model}' costs at {endpoint.Address.Host}.",
                "a price, so that the bill is known before it is made.",
                "add --price-in X --price-out Y (0 for a server of your own), --prices FILE, or --allow-unpriced.");
    }

    private static double? Limit(string option, double? value) => value is { } limit ? Positive(option, limit) : null;
}
