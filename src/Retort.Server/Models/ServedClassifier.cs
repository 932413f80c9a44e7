using System.Text;
using Retort.Checkpoints;
using Retort.Formats.Tokenizers;
using Retort.Nn.Generation;
using Retort.Server.Requests;
using Retort.Server.Scheduling;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Server.Models;

/// <summary>
/// An encoder with a classifier. Asked by chat, it answers the last thing that the user said with the likeliest label, as one token
/// whose log-probabilities are those of the classes.
/// </summary>
internal sealed class ServedClassifier : ServedModel
{
    private readonly EncoderCheckpoint _checkpoint;
    private readonly Tokenizer _tokenizer;
    private readonly Step _step;

    /// <exception cref="RetortException">The folder is not whole, or its encoder is a masked-language model.</exception>
    public ServedClassifier(string folder, Device device)
    {
        _tokenizer = TokenizerFolder.Read(folder);
        _checkpoint = EncoderCheckpoint.Load(folder, device);
        _step = new Step(device, "classifier");
        if (_checkpoint.Config.Masked)
            throw Refused(new RetortException(folder, "is a masked-language model.", "a classifier of texts, or a causal language model.",
                "serve the student that was made of it."));
        if (_tokenizer.Size > _checkpoint.Config.VocabularySize)
            throw Refused(new RetortException(folder,
                $"the tokenizer has {_tokenizer.Size} ids, the model {_checkpoint.Config.VocabularySize} rows.", "no id without a row.",
                "use the tokenizer that the model was trained with."));
    }

    public override string Kind => "classifier of texts";
    public override int Context => _checkpoint.Config.Positions;
    public override IReadOnlyList<string> Labels => _checkpoint.Config.Classes;

    internal override int[] Ids(IReadOnlyList<(string Role, string Content)> messages, TimeProvider time) =>
        messages.LastOrDefault(message => message.Role == "user") is { Role: not null } said
            ? Ids(new TextInput(said.Content, null), ChatRequest.Field)
            : throw ApiError.Invalid(ChatRequest.Field, "no message is the user's: there is nothing to classify.");

    internal override int[] Ids(TextInput input, string field)
    {
        var ids = input.Ids ?? [.. _tokenizer.Encode(input.Text!).Ids];
        foreach (var id in ids)
            if (id < 0 || id >= _tokenizer.Size)
                throw ApiError.Invalid(field, $"'{field}' has token {id}; the model's are 0 to {_tokenizer.Size - 1}.");
        if (ids.Length == 0) throw ApiError.Invalid(field, $"'{field}' has a text without a token.");
        return ids.Length <= Context ? ids : throw TooLong(field, ids.Length, Context);
    }

    internal override AnswerSet Begin(Scheduler scheduler, IReadOnlyList<int[]> prompts, AnswerWish wish, IReadOnlyList<int> newTokens,
        Seed seed, CancellationToken cancellation)
    {
        var answers = new AnswerSet(prompts.Count * wish.Answers, cancellation);
        _ = scheduler.RunAsync(() =>
        {
            try
            {
                for (var choice = 0; choice < answers.Choices; choice++)
                    Say(answers, choice, Classify(prompts[choice / wish.Answers]), wish);
            }
            catch (Exception error)
            {
                answers.Fail(error);
            }
            return 0;
        }, cancellation);
        return answers;
    }

    /// <summary>The likeliest label; with several answers wished, or a temperature that was asked for, still the likeliest.</summary>
    private void Say(AnswerSet answers, int choice, double[] logProbabilities, AnswerWish wish)
    {
        SaidToken Label(int number, IReadOnlyList<SaidToken> likeliest) =>
            new(number, Labels[number], Encoding.UTF8.GetBytes(Labels[number]), logProbabilities[number], likeliest);
        int[] order = [.. Enumerable.Range(0, logProbabilities.Length).OrderByDescending(number => logProbabilities[number])];
        answers.Count();
        answers.Say(new Piece(choice, Labels[order[0]],
            wish.TellsTokens ? [Label(order[0], [.. order.Take(wish.Likeliest).Select(number => Label(number, []))])] : [], Piece.Stop));
    }

    internal override float[] Embed(int[] ids)
    {
        _step.Begin(training: false);
        return Mean(_step.Device, _checkpoint.Model.States(_step, _step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
    }

    internal override double[] Classify(int[] ids)
    {
        _step.Begin(training: false);
        var logits = _step.Device.ToFloats(_checkpoint.Model.Forward(_step, _step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
        if (logits.FirstOrDefault(logit => !float.IsFinite(logit), 0f) is var bad && !float.IsFinite(bad))
            throw new RunFailedException("classifier", $"a logit is {bad}.", "finite logits.", "the weights are damaged.");
        return [.. Enumerable.Range(0, logits.Length).Select(number => NextToken.LogProbability(logits, number))];
    }

    private RetortException Refused(RetortException reason)
    {
        Dispose();
        return reason;
    }

    public override void Dispose()
    {
        _step.Dispose();
        _checkpoint.Dispose();
    }
}
