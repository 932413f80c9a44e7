using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// One text of a language model, greedy, with a cache: a prompt of 64 tokens from seed 8 in one pass, then 128 passes of one token each.
/// </summary>
internal sealed class Generation : Workload
{
    public const string Text = "Llama of width 384, 6 layers, 6 heads, hidden 1024, V 8192: a prompt of 64 tokens, then 128 passes of one";

    /// <summary>The longest text that the model knows.</summary>
    public const int Positions = 256;

    private const int PromptTokens = 64, Passes = 128;

    private readonly Gpt _model;
    private readonly int[] _prompt;
    private readonly Decoding _decoding = new() { NewTokens = Passes + 1 }; // the prompt's own pass gives the first
    private Answer? _answer;

    public Generation(Device device, DataType storage)
        : base(device)
    {
        _model = GptModel.CreateLlama(device, Positions);
        _model.Weights.Freeze(storage);
        _prompt = PeerNumbers.Integers(PromptTokens, 8, _model.Classes);
    }

    public override double Operations => 2.0 * _model.MultiplyAddsOf(PromptTokens + Passes);

    /// <summary>Every pass reads all weights but the embedding, of which it reads a row.</summary>
    public override double Bytes
    {
        get
        {
            var all = _model.Weights.Parameters.Sum(parameter => parameter.Shape.Count);
            return (Passes + 1.0) * _model.Weights.Bytes * (all - _model.Head.Shape.Count) / all;
        }
    }

    public override void Run() => _answer = _decoding.Answers(_model, [_prompt])[0];

    /// <summary>Mean surprise of the tokens.</summary>
    public override double Loss() => -_answer!.LogProbabilities.Average();

    public override void Dispose()
    {
        _model.Dispose();
        base.Dispose();
    }
}
