using System.CommandLine;
using System.Text.Json;
using Retort.Asking;
using Retort.Formats.Tokenizers;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

/// <summary>What retort ask takes, and the order that it makes of it; what is about the service itself, other verbs take, too.</summary>
/// <param name="newTokens">Most tokens of an answer where nothing is said.</param>
internal sealed class AskOptions(int newTokens = 512)
{
    private readonly Argument<string> _prompts = new("PROMPTS") { Description = "A file of prompts, one JSON object a line." };
    private readonly Option<string> _endpoint = new("--endpoint")
    {
        Description = "Base address of an OpenAI-compatible service, with its version.", HelpName = "URL", Required = true,
    };
    private readonly Option<string> _model = new("--model") { Description = "The model, as the service calls it.", HelpName = "NAME", Required = true };
    private readonly Option<string?> _keyVariable = new("--key-variable")
    {
        Description = "NAME of the environment variable that holds the key; never the key.", HelpName = "NAME",
    };
    private readonly Option<string?> _out = new("--out") { Description = "Where everything goes (default: runs/PROMPTS).", HelpName = "DIR" };
    private readonly Option<int> _samples = Number("--samples", "Answers to each prompt.", "N", 1);
    private readonly Option<int> _newTokens = Number("--new-tokens", "Most tokens of an answer; a longer one is rejected.", "N", newTokens);
    private readonly Option<double> _temperature = Real("--temperature", "1 is the teacher's own distribution.", "T", 1);
    private readonly Option<double> _topP = Real("--top-p", "1 cuts nothing off.", "P", 1);
    private readonly Option<long?> _seed = new("--seed") { Description = "Sent to the service; sample n gets seed + n.", HelpName = "N" };
    private readonly Option<int> _topLogProbabilities = Number("--top-logprobs", "Alternatives to keep with each token; 0 = none.", "K", 0);
    private readonly Option<string[]> _choices = new("--choices")
    {
        Description = "The answer is one of these; its probabilities are read from the first token (needs --top-logprobs).",
        HelpName = "A B C", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };
    private readonly Option<string> _choiceField = new("--choice-field")
    {
        Description = "How the service is held to them: none, grammar (llama.cpp), structured_outputs (vLLM).", HelpName = "NAME",
        DefaultValueFactory = _ => "none",
    };
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
    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "The teacher's tokenizer, in a folder: --plan counts instead of estimating.", HelpName = "DIR",
    };

    private readonly Option<string> _bad = new("--max-bad")
    {
        Description = "Share of bad lines that is borne and set aside (default: 1%).", HelpName = "P%", DefaultValueFactory = _ => "1%",
    };
    private readonly Option<int> _characters = Number("--max-characters", "Of a prompt; a longer one is set aside.", "N", 1 << 20);

    public Option<bool> Plan { get; } = new("--plan") { Description = "Say what it would take and ask nothing." };
    public Option<bool> Json { get; } = RecipeOptions.NewJson();

    public void AddTo(Command command)
    {
        command.Add(_prompts);
        foreach (var option in (Option[])[_endpoint, _model, _keyVariable, _out, Plan, _samples, _newTokens, _temperature, _topP, _seed,
            _topLogProbabilities, _choices, _choiceField, _fields, _maxDollars, _maxTokens, _maxRequests, _priceIn, _priceOut, _prices,
            _allowUnpriced, _requestsPerMinute, _tokensPerMinute, _concurrency, _silence, _stream, _anyModel, _tokenizer, _bad,
            _characters, Json])
            command.Add(option);
    }

    /// <summary>Whom to ask, how, and for how much.</summary>
    public void AddServiceTo(Command command)
    {
        foreach (var option in (Option[])[_endpoint, _model, _keyVariable, _out, _newTokens, _temperature, _topP, _fields,
            _maxDollars, _maxTokens, _maxRequests, _priceIn, _priceOut, _prices, _allowUnpriced, _requestsPerMinute, _tokensPerMinute,
            _concurrency, _silence, _stream, _anyModel, Json])
            command.Add(option);
    }

    public ChatEndpoint Endpoint(ParseResult parsed) =>
        ChatEndpoint.Parse(parsed.GetValue(_endpoint)!, parsed.GetValue(_model)!, parsed.GetValue(_keyVariable));

    public string Folder(ParseResult parsed) => Folder(parsed, parsed.GetValue(_prompts)!);

    public string Folder(ParseResult parsed, string file) =>
        parsed.GetValue(_out) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(file));

    public HttpChatTeacher Open(ParseResult parsed, ChatEndpoint endpoint, TimeProvider time) =>
        new(endpoint, Environment.GetEnvironmentVariable, time)
        {
            Streams = parsed.GetValue(_stream),
            AnyModel = parsed.GetValue(_anyModel),
            LongestSilence = TimeSpan.FromSeconds(Positive("--timeout", parsed.GetValue(_silence))),
        };

    public PromptFile Prompts(ParseResult parsed) => PromptFile.Read(parsed.GetValue(_prompts)!,
        Share.Read("--max-bad", parsed.GetValue(_bad)!), (long)Positive("--max-characters", parsed.GetValue(_characters)));

    /// <summary>Tokens of a text; null where no tokenizer is named.</summary>
    public Func<string, int>? Count(ParseResult parsed)
    {
        if (parsed.GetValue(_tokenizer) is not { } folder) return null;
        var tokenizer = TokenizerFolder.Read(folder);
        return text => tokenizer.Encode(text, addSpecialTokens: false).Length;
    }

    public AskingOrder Order(ParseResult parsed, ChatEndpoint endpoint, IReadOnlyList<Prompt> prompts) =>
        ServiceOrder(parsed, endpoint) with
        {
            Prompts = prompts, Samples = (int)Positive("--samples", parsed.GetValue(_samples)),
        };

    /// <summary>What is said of the service; its prompts are the caller's.</summary>
    public AskingOrder ServiceOrder(ParseResult parsed, ChatEndpoint endpoint)
    {
        var price = Price(parsed, endpoint);
        var caps = new SpendCaps(parsed.GetValue(_maxDollars), parsed.GetValue(_maxTokens), parsed.GetValue(_maxRequests));
        if (ReferenceEquals(price, Teachers.Chat.Price.Unknown) && caps.Dollars is not null)
            throw new RetortException("--max-usd", "no cap in money can be kept: nobody has said what the model costs.",
                "a price.", "add --price-in and --price-out, or cap --max-tokens instead.");
        return new AskingOrder
        {
            Prompts = [],
            Parameters = Parameters(parsed),
            Price = price,
            Caps = caps,
            Rate = new RateLimits(Limit("--rpm", parsed.GetValue(_requestsPerMinute)), Limit("--tpm", parsed.GetValue(_tokensPerMinute))),
            Concurrency = (int)Positive("--concurrency", parsed.GetValue(_concurrency)),
        };
    }

    private ChatParameters Parameters(ParseResult parsed)
    {
        var choices = parsed.GetValue(_choices)!;
        var top = parsed.GetValue(_topLogProbabilities);
        if (top < 0) throw new RetortException("--top-logprobs", $"it is {top}.", "0 or more; OpenAI gives 20 at most.");
        if (choices.Length == 1) throw new RetortException("--choices", "one choice is none.", "two or more.");
        return new ChatParameters
        {
            NewTokens = (int)Positive("--new-tokens", parsed.GetValue(_newTokens)),
            Temperature = parsed.GetValue(_temperature) is >= 0 and var temperature ? temperature
                : throw new RetortException("--temperature", "it is below 0.", "0 or more."),
            TopP = parsed.GetValue(_topP) is > 0 and <= 1 and var topP ? topP
                : throw new RetortException("--top-p", "it is out of range.", "above 0, at most 1."),
            Seed = parsed.GetValue(_seed),
            TopLogProbabilities = top,
            Choices = choices.Length > 0 ? new ChoiceConstraint(choices, Field(parsed.GetValue(_choiceField)!)) : null,
            Extra = parsed.GetValue(_fields) is { } fields ? Extra(fields) : null,
        };
    }

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

    private static ChoiceField Field(string name) => name switch
    {
        "none" => ChoiceField.None,
        "grammar" => ChoiceField.Grammar,
        "structured_outputs" => ChoiceField.StructuredOutputs,
        _ => throw new RetortException("--choice-field", $"'{name}' is unknown.", "none, grammar or structured_outputs."),
    };

    private static JsonElement Extra(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var extra = document.RootElement.Clone();
            ChatParameters.CheckExtra(extra);
            return extra;
        }
        catch (JsonException error)
        {
            throw new RetortException("--fields", $"is no JSON: {error.Message}", "an object, such as {\"top_k\": 0, \"min_p\": 0}.", "", error);
        }
    }

    private static double Positive(string option, double value) => value > 0 && double.IsFinite(value) ? value
        : throw new RetortException(option, FormattableString.Invariant($"it is {value}."), "above 0.");

    private static double? Limit(string option, double? value) => value is { } limit ? Positive(option, limit) : null;

    private static Option<int> Number(string name, string description, string help, int usual) =>
        new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => usual };

    private static Option<double> Real(string name, string description, string help, double usual) =>
        new(name) { Description = description, HelpName = help, DefaultValueFactory = _ => usual };
}
