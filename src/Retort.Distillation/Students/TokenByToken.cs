using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Students;

/// <summary>Answers that grow by a token, to be timed: the model reads the token before and makes all logits of the next.</summary>
/// <param name="model">With its numbers.</param>
/// <param name="contextLength">Where an answer ends, and the next begins.</param>
/// <param name="device">Where the model is.</param>
public sealed class TokenByToken(Gpt model, int contextLength, Device device) : IDisposable
{
    private readonly Step _step = new(device, "token by token");
    private readonly float[] _logits = new float[model.Sizes.Vocabulary];
    private KeyValueCache? _cache;

    /// <param name="count">Answers side by side.</param>
    public void Next(int count)
    {
        if (_cache is null || _cache.Batch != count || _cache.Length == _cache.Capacity)
        {
            _cache?.Dispose();
            _cache = new KeyValueCache(device, model.Sizes, Math.Min(contextLength, model.Sizes.Positions), new int[count]);
        }
        _step.Begin(training: false);
        var states = model.States(_step, _step.Constant(new Shape(count, 1), new int[count]), _cache);
        var logits = _step.Linear(Gpt.Rows(_step, states), model.Head);
        for (var row = 0; row < count; row++)
        {
            device.Read(logits.Part(row * (long)_logits.Length, new Shape(_logits.Length)), _logits.AsSpan());
            NextToken.Likeliest(_logits);
        }
    }

    public void Dispose()
    {
        _cache?.Dispose();
        _step.Dispose();
    }
}
