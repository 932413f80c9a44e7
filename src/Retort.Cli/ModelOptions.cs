using System.CommandLine;
using Retort.Checkpoints;
using Retort.Hub;
using Retort.Nn.Generation;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Cli;

/// <summary>What verbs take that let a language model answer.</summary>
internal sealed class ModelOptions
{
    private const int UsualNewTokens = 128;

    public const string ModelText = "a folder in the Hugging Face layout, a .gguf file, or hf:ORG/NAME.";

    private readonly Argument<string> _model = new("MODEL") { Description = "A model: " + ModelText };
    private readonly Option<int> _newTokens = new("--new-tokens")
    {
        Description = "Most tokens of an answer.", HelpName = "N", DefaultValueFactory = _ => UsualNewTokens,
    };
    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "Logits are divided by it before a token is drawn; 0 takes the likeliest (default: the same answer each time).",
        HelpName = "T",
    };
    private readonly Option<int> _topK = new("--top-k") { Description = "Draw from the likeliest K only; 0 = all.", HelpName = "K" };
    private readonly Option<double> _topP = new("--top-p")
    {
        Description = "Draw from the likeliest that have this probability together.", HelpName = "P", DefaultValueFactory = _ => 1,
    };
    private readonly Option<double> _minP = new("--min-p")
    {
        Description = "Draw from those with this share of the likeliest one's probability.", HelpName = "P",
    };
    private readonly Option<double> _repetition = new("--repetition-penalty")
    {
        Description = "Above 1 what was said becomes less likely.", HelpName = "X", DefaultValueFactory = _ => 1,
    };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Of the draws.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads that compute (default: one a processor).", HelpName = "N",
    };

    public void AddTo(Command command)
    {
        command.Add(_model);
        foreach (var option in (Option[])[_newTokens, _temperature, _topK, _topP, _minP, _repetition, _seed, _threads]) command.Add(option);
    }

    public Device Device(ParseResult parsed) => new Tensors.Devices.Cpu.CpuDevice(parsed.GetValue(_threads));

    /// <exception cref="RetortException">It is not there, or not whole.</exception>
    public LanguageModel Open(ParseResult parsed, Device device, Surroundings surroundings) =>
        LanguageModel.Open(Local(parsed.GetValue(_model)!, surroundings), device);

    /// <summary>Where a model lies on this machine; one of the hub is looked for in its cache, else fetched.</summary>
    /// <exception cref="RetortException">It is not there, or not whole.</exception>
    public static string Local(string name, Surroundings surroundings)
    {
        if (File.Exists(name)) return name;
        using var hub = HubModels.OfEnvironment(surroundings.Time);
        return hub.FolderAsync(name, surroundings.Cancellation).GetAwaiter().GetResult();
    }

    /// <summary>How it will answer, checked before any model is opened; the end tokens are the model's.</summary>
    /// <exception cref="RetortException">A setting is out of range, or says nothing where the likeliest token is taken.</exception>
    public Decoding Decoding(ParseResult parsed)
    {
        var temperature = parsed.GetValue(_temperature);
        if (!(temperature >= 0)) throw new RetortException("--temperature", $"{temperature} is no temperature.", "0 for the likeliest token, or more.");
        if (parsed.GetValue(_newTokens) < 1) throw new RetortException("--new-tokens", $"{parsed.GetValue(_newTokens)} new tokens.", "1 or more.");
        var drawing = new Sampling
        {
            TopK = parsed.GetValue(_topK), TopP = parsed.GetValue(_topP), MinP = parsed.GetValue(_minP),
            RepetitionPenalty = parsed.GetValue(_repetition),
        };
        if (temperature == 0 && drawing with { RepetitionPenalty = 1 } != new Sampling())
            throw new RetortException("--temperature", "is 0, so the likeliest token is taken, and nothing is drawn.",
                "a temperature above 0 beside --top-k, --top-p and --min-p.", "add --temperature 1, or leave them out.");
        var sampling = temperature > 0 ? drawing with { Temperature = temperature }
            : drawing.RepetitionPenalty == 1 ? null : drawing with { TopK = 1 };
        _ = sampling?.Filters();
        return new Decoding { NewTokens = parsed.GetValue(_newTokens), Sampling = sampling, Seed = new Seed(parsed.GetValue(_seed)) };
    }
}
