using System.CommandLine;
using Retort.Asking;
using Retort.Formats.Tokenizers;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

/// <summary>What retort ask takes, and the order that it makes of it.</summary>
internal sealed class AskOptions
{
    private readonly Argument<string> _prompts = new("PROMPTS") { Description = "A file of prompts, one JSON object a line." };
    private readonly EndpointOptions _endpoint = new(required: true, newTokens: 512, (1, "1 is the teacher's own distribution."));
    private readonly Option<string?> _out = new("--out") { Description = "Where everything goes (default: runs/PROMPTS).", HelpName = "DIR" };
    private readonly Option<int> _samples = EndpointOptions.Number("--samples", "Answers to each prompt.", "N", 1);
    private readonly Option<double> _topP = EndpointOptions.Real("--top-p", "1 cuts nothing off.", "P", 1);
    private readonly Option<long?> _seed = new("--seed") { Description = "Sent to the service; sample n gets seed + n.", HelpName = "N" };
    private readonly Option<int> _topLogProbabilities =
        EndpointOptions.Number("--top-logprobs", "Alternatives to keep with each token; 0 = none.", "K", 0);
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
    private readonly Option<string?> _tokenizer = new("--tokenizer")
    {
        Description = "The teacher's tokenizer, in a folder: --plan counts instead of estimating.", HelpName = "DIR",
    };

    private readonly Option<string> _bad = new("--max-bad")
    {
        Description = "Share of bad lines that is borne and set aside (default: 1%).", HelpName = "P%", DefaultValueFactory = _ => "1%",
    };
    private readonly Option<int> _characters =
        EndpointOptions.Number("--max-characters", "Of a prompt; a longer one is set aside.", "N", 1 << 20);

    public Option<bool> Plan { get; } = new("--plan") { Description = "Say what it would take and ask nothing." };
    public Option<bool> Json { get; } = RecipeOptions.NewJson();

    public void AddTo(Command command)
    {
        command.Add(_prompts);
        foreach (var option in (Option[])[_out, Plan, _samples, _topP, _seed, _topLogProbabilities, _choices, _choiceField,
            .. _endpoint.All, _tokenizer, _bad, _characters, Json])
            command.Add(option);
    }

    public ChatEndpoint Endpoint(ParseResult parsed) => _endpoint.Endpoint(parsed);

    public string Folder(ParseResult parsed) =>
        parsed.GetValue(_out) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(parsed.GetValue(_prompts)!));

    public HttpChatTeacher Open(ParseResult parsed, ChatEndpoint endpoint, TimeProvider time) => _endpoint.Open(parsed, endpoint, time);

    public PromptFile Prompts(ParseResult parsed) => PromptFile.Read(parsed.GetValue(_prompts)!, Share.Read("--max-bad", parsed.GetValue(_bad)!),
        (long)EndpointOptions.Positive("--max-characters", parsed.GetValue(_characters)));

    /// <summary>Tokens of a text; null where no tokenizer is named.</summary>
    public Func<string, int>? Count(ParseResult parsed)
    {
        if (parsed.GetValue(_tokenizer) is not { } folder) return null;
        var tokenizer = TokenizerFolder.Read(folder);
        return text => tokenizer.Encode(text, addSpecialTokens: false).Length;
    }

    public AskingOrder Order(ParseResult parsed, ChatEndpoint endpoint, IReadOnlyList<Prompt> prompts) =>
        _endpoint.Order(parsed, endpoint, prompts, Parameters(parsed)) with
        {
            Samples = (int)EndpointOptions.Positive("--samples", parsed.GetValue(_samples)),
        };

    private ChatParameters Parameters(ParseResult parsed)
    {
        var choices = parsed.GetValue(_choices)!;
        var top = parsed.GetValue(_topLogProbabilities);
        if (top < 0) throw new RetortException("--top-logprobs", $"it is {top}.", "0 or more; OpenAI gives 20 at most.");
        if (choices.Length == 1) throw new RetortException("--choices", "one choice is none.", "two or more.");
        return _endpoint.Parameters(parsed) with
        {
            TopP = parsed.GetValue(_topP) is > 0 and <= 1 and var topP ? topP
                : throw new RetortException("--top-p", "it is out of range.", "above 0, at most 1."),
            Seed = parsed.GetValue(_seed),
            TopLogProbabilities = top,
            Choices = choices.Length > 0 ? new ChoiceConstraint(choices, Field(parsed.GetValue(_choiceField)!)) : null,
        };
    }

    private static ChoiceField Field(string name) => name switch
    {
        "none" => ChoiceField.None,
        "grammar" => ChoiceField.Grammar,
        "structured_outputs" => ChoiceField.StructuredOutputs,
        _ => throw new RetortException("--choice-field", $"'{name}' is unknown.", "none, grammar or structured_outputs."),
    };
}
