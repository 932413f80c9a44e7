using Retort.Formats.HuggingFace;
using Retort.Nn;
using Retort.Nn.Models;

namespace Retort.Checkpoints;

/// <summary>Which of a model's parameters lie in the weights of a folder.</summary>
/// <param name="Folder">With model.safetensors, or its shards.</param>
/// <param name="Parameters">All that its tensors are.</param>
/// <param name="NameOf">The parameter that a tensor is; null = not to be read.</param>
internal sealed record WeightsPlace(string Folder, IReadOnlyList<Parameter> Parameters, Func<string, string?> NameOf)
{
    private const string Dense = Bert.SentenceDense + ".";
    private static readonly (string Own, string InFile)[] DenseNames =
        [(Dense + "weight", SentenceModules.Weight), (Dense + "bias", SentenceModules.Bias)];

    /// <summary>The name of a parameter's tensor where it is written.</summary>
    public string FileName(string parameter) => DenseNames.FirstOrDefault(name => name.Own == parameter).InFile ?? parameter;

    /// <summary>
    /// The folder itself and, of an encoder with a layer behind the mean of its tokens, the folder in which sentence-transformers has that
    /// layer.
    /// </summary>
    /// <param name="module">Any model.</param>
    /// <param name="folder">Where it lies.</param>
    /// <param name="nameOf">As <see cref="NameOf"/> has it, for the first of them.</param>
    public static IReadOnlyList<WeightsPlace> Of(Module module, string folder, Func<string, string?> nameOf)
    {
        List<Parameter> own = [], dense = [];
        foreach (var parameter in module.Weights.Parameters.Concat(module.Weights.States))
            (parameter.Name.StartsWith(Dense, StringComparison.Ordinal) ? dense : own).Add(parameter);
        var first = new WeightsPlace(folder, own, nameOf);
        return dense.Count == 0 ? [first] : [first, new WeightsPlace(Path.Combine(folder, SentenceModules.DenseFolder), dense,
            name => DenseNames.FirstOrDefault(known => known.InFile == name).Own ?? name)];
    }
}
