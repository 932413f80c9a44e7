using Retort.Checkpoints;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>
/// A classifier of texts that begins as a masked-language model of the same sizes: its classifier is drawn, all else is there.
/// </summary>
public static class PretrainedEncoder
{
    /// <param name="classifier">Built already.</param>
    /// <param name="folder">Of the masked-language model.</param>
    /// <param name="device">Where they live.</param>
    /// <returns>What was taken, one sentence.</returns>
    /// <exception cref="RetortException">It has other sizes.</exception>
    public static string Fill(Module classifier, string folder, Device device)
    {
        using var encoder = EncoderCheckpoint.Load(folder, device);
        var (own, its) = (((Bert)classifier).Sizes, encoder.Model.Sizes);
        if (own with { Masked = true, Classes = its.Classes } != its)
            throw new RetortException(folder, $"has sizes {its}.", $"{own}.", "pretrain again: remove that folder.");
        var from = encoder.Model.Weights.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var taken = 0L;
        foreach (var parameter in classifier.Weights.Parameters)
        {
            if (!from.TryGetValue(parameter.Name, out var source)) continue;
            device.Write(parameter.Value, device.ToFloats(source.Value));
            taken += parameter.Shape.Count;
        }
        return $"{taken:N0} of {classifier.Weights.Count:N0} numbers are those of the masked-language model";
    }
}
