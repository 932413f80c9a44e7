using System.Text;
using Retort.Checkpoints;
using Retort.Nn.Generation;
using Retort.Server.Requests;
using Retort.Server.Scheduling;
using Retort.Tensors;

namespace Retort.Server.Models;

/// <summary>A causal language model that answers chats and goes on with texts.</summary>
internal sealed class ServedLanguage : ServedModel
{
    private readonly LanguageModel _model;
    private readonly Step _step;
    private readonly byte[]?[] _bytes; // found when first told; two threads would find the same

    /// <param name="model">It becomes this one's.</param>
    public ServedLanguage(LanguageModel model)
    {
        _model = model;
        _step = new Step(model.Model.Head.Device, "embedding");
        _bytes = new byte[]?[model.Tokenizer.Size];
    }

    public override string Kind => "language model";
    public override int Context => _model.Model.Sizes.Positions;

    internal override ContinuousBatch Batch() => new(_model.Model, _model.Tokenizer.Size);

    internal override int[] Ids(IReadOnlyList<(string Role, string Content)> messages, TimeProvider time) =>
        _model.Converses ? _model.Prompt(messages, time) : throw ApiError.Invalid(ChatRequest.Field,
            "this model has no chat template, so it cannot hold a conversation: use /v1/completions, which goes on with a text.");

    internal override int[] Ids(TextInput input, string field)
    {
        if (input.Text is { } text) return _model.Prompt(text);
        var most = Math.Min(_model.Tokenizer.Size, _model.Model.Sizes.Vocabulary) - 1;
        foreach (var id in input.Ids!)
            if (id < 0 || id > most) throw ApiError.Invalid(field, $"'{field}' has token {id}; the model's are 0 to {most}.");
        return input.Ids.Length > 0 ? input.Ids : throw ApiError.Invalid(field, $"'{field}' has a text without a token.");
    }

    internal override AnswerSet Begin(Scheduler scheduler, IReadOnlyList<int[]> prompts, AnswerWish wish, IReadOnlyList<int> newTokens,
        Seed seed, CancellationToken cancellation)
    {
        var answers = new AnswerSet(prompts.Count * wish.Answers, cancellation);
        var speaking = new List<Speaking>();
        for (var choice = 0; choice < answers.Choices; choice++)
        {
            var prompt = choice / wish.Answers;
            var decoding = new Decoding
            {
                NewTokens = newTokens[prompt], Sampling = wish.Sampling, Seed = seed, Tokens = _model.Tokenizer.Size,
                EndTokens = _model.EndTokens, TopLogProbabilities = wish.Likeliest,
            };
            speaking.Add(new Speaking(new Continuation(decoding, prompts[prompt], choice),
                new TextAssembly(_model.Tokenizer.DecodeStream(), wish.Stops), answers, choice, wish.TellsTokens ? Told : null));
        }
        scheduler.Begin(speaking);
        return answers;
    }

    internal override float[] Embed(int[] ids)
    {
        _step.Begin(training: false);
        return Mean(_step.Device, _model.Model.States(_step, _step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
    }

    private SaidToken Told(int token, double logProbability, IReadOnlyList<(int Token, double LogProbability)> likeliest)
    {
        var bytes = _bytes[token] ??= _model.Tokenizer.Bytes(token);
        return new SaidToken(token, Encoding.UTF8.GetString(bytes), bytes, logProbability,
            [.. likeliest.Select(one => Told(one.Token, one.LogProbability, []))]);
    }

    public override void Dispose()
    {
        _step.Dispose();
        _model.Dispose();
    }
}
