using System.Globalization;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>
/// A model whose weight matrices are products of two thin ones, W ≈ U·V, by truncated singular values: √σ goes to either side. A
/// convolution counts as the matrix [outputs, inputs · window].
/// </summary>
public static class LowRank
{
    /// <summary>Is a matrix of this model, which may be of any kind, two factors?</summary>
    public static bool Of(Module module) => module is Mlp or ConvNet && Matrices(module).Any(matrix => matrix.Reduction is not null);

    /// <summary>The smallest rank of each matrix that keeps a share of its energy; 0 where the factors would not be smaller.</summary>
    /// <param name="whole">A model of whole matrices.</param>
    /// <param name="energy">Share of Σσ², in (0, 1).</param>
    public static IReadOnlyList<int> Ranks(Module whole, double energy) => [.. Matrices(whole).Select(matrix =>
    {
        var values = Decomposed(matrix.Weight);
        var rank = Enumerable.Range(1, values.Values.Count).First(count => values.Energy(count) >= energy || count == values.Values.Count);
        return Nn.Ranks.Of([rank], 0, values.Left[0].Length, values.Right[0].Length);
    })];

    /// <summary>Gives a model the numbers of one that is like it, but for its whole matrices.</summary>
    /// <param name="model">Some of its matrices are two factors.</param>
    /// <param name="whole">Where the numbers are from.</param>
    /// <returns>Ranks, energies and numbers of parameters, one sentence.</returns>
    public static string Fill(Module model, Module whole)
    {
        var own = model.Weights.Parameters.Concat(model.Weights.States).ToDictionary(parameter => parameter.Name);
        foreach (var parameter in whole.Weights.Parameters.Concat(whole.Weights.States))
            if (own[parameter.Name].Shape == parameter.Shape)
                parameter.Value.Device.Write(own[parameter.Name].Value, parameter.Value.Device.ToFloats(parameter.Value));
        List<string> told = [];
        foreach (var ((reduction, weight), (_, from)) in Matrices(model).Zip(Matrices(whole)))
        {
            var kept = reduction is null ? "whole" : Factor(reduction, weight, from);
            told.Add($"{weight.Name[..weight.Name.LastIndexOf('.')]} {kept}");
        }
        return string.Create(CultureInfo.InvariantCulture,
            $"{string.Join("; ", told)}; {whole.Weights.Count:N0} parameters become {model.Weights.Count:N0}");
    }

    private static string Factor(Parameter reduction, Parameter weight, Parameter from)
    {
        var (values, rank) = (Decomposed(from), (int)reduction.Shape[0]);
        var (outputs, inputs) = (values.Left[0].Length, values.Right[0].Length);
        var (left, right) = (new float[outputs * rank], new float[rank * inputs]);
        for (var i = 0; i < rank; i++)
        {
            var root = Math.Sqrt(values.Values[i]);
            for (var row = 0; row < outputs; row++) left[row * rank + i] = (float)(root * values.Left[i][row]);
            for (var column = 0; column < inputs; column++) right[i * inputs + column] = (float)(root * values.Right[i][column]);
        }
        weight.Value.Device.Write(weight.Value, left);
        reduction.Value.Device.Write(reduction.Value, right);
        return string.Create(CultureInfo.InvariantCulture,
            $"rank {rank} of {values.Values.Count}, {100 * values.Energy(rank):0.0} % of the energy");
    }

    private static SingularValues Decomposed(Parameter weight) => SingularValues.Of(weight.Value.Device.ToFloats(weight.Value),
        (int)weight.Shape[0], (int)weight.Shape.CountOf(1, weight.Shape.Rank));

    /// <summary>Weight matrices from the input on, each with the reduction before it where it has one.</summary>
    private static IReadOnlyList<(Parameter? Reduction, Parameter Weight)> Matrices(Module module) => module switch
    {
        Mlp mlp => [.. mlp.Layers.Select(layer => (layer.Reduction, layer.Weight))],
        ConvNet net => [.. net.Convolutions.Select(layer => (layer.Reduction, layer.Weight)), (net.Output.Reduction, net.Output.Weight)],
        Bert => [], // all of them are whole
        _ => throw new RetortException("model", "is neither an mlp nor a conv-net.", "one of the two."),
    };
}
