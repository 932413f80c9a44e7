using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Nn;
using Retort.Nn.Generation;
using Retort.Server.Requests;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Server.Models;

/// <summary>A classifier that reads hashes of n-grams, from a folder that Retort wrote. Its tokens are the hashes.</summary>
internal sealed class ServedNGrams : ServedLabels
{
    private readonly Module _module;
    private readonly ModelDescription _description;
    private readonly NGramHashing _hashing;
    private readonly Step _step;

    /// <exception cref="RetortException">The folder is not whole.</exception>
    public ServedNGrams(string folder, Device device)
    {
        (_module, _description) = ModelCheckpoint.Load(folder, device);
        _hashing = new NGramHashing(_description.Model.Vocabulary);
        _step = new Step(device, "classifier");
    }

    public override string Kind => "classifier of texts by n-grams";

    /// <summary>As long as the longest that it was trained on: more of a text would be nothing it has learnt to weigh.</summary>
    public override int Context => _description.ExampleShape[0];
    public override IReadOnlyList<string> Labels => _description.ClassNames;

    public static bool IsOne(string path) => ModelCheckpoint.Exists(path) && ModelCheckpoint.Describe(path).Model.IsHashed;

    internal override int[] Ids(TextInput input, string field)
    {
        if (input.Ids is not null)
            throw ApiError.Invalid(field, $"'{field}' has ids of tokens, and this model reads texts.");
        var codes = _hashing.Encode(input.Text!);
        return codes.Length == 0 ? throw ApiError.Invalid(field, $"'{field}' has a text without a letter.")
            : codes.Length <= Context ? codes : throw TooLong(field, codes.Length, Context);
    }

    internal override float[] Embed(int[] ids) => throw ApiError.Invalid("model", $"a {Kind} makes no embeddings.");

    internal override double[] Classify(int[] ids)
    {
        _step.Begin(training: false);
        var logits = _step.Device.ToFloats(_module.Forward(_step, _step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
        return [.. Enumerable.Range(0, logits.Length).Select(number => NextToken.LogProbability(logits, number))];
    }

    public override void Dispose()
    {
        _step.Dispose();
        _module.Dispose();
    }
}
