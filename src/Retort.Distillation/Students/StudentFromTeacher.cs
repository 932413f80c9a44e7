using Retort.Checkpoints;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>
/// A student that begins as a part of its teacher: some of the layers (as DistilBERT does, Sanh et al. 2019), and of each the units that
/// matter most, by the product of the norms of what comes in and what goes out. Both are an Mlp, or both a ConvNet.
/// </summary>
public static class StudentFromTeacher
{
    /// <summary>Layers of the teacher that a student takes: those that are named, else spread evenly from the first.</summary>
    public static IReadOnlyList<int> Layers(InitialRecipe recipe, int student, int teacher) =>
        recipe.Layers.Count > 0 ? recipe.Layers : [.. Enumerable.Range(0, student).Select(i => i * teacher / Math.Max(1, student))];

    /// <exception cref="RetortException">The student is no part of the teacher.</exception>
    public static void Check(InitialRecipe recipe, ModelRecipe student, ModelRecipe teacher, string location)
    {
        IReadOnlyList<int> own = student.Kind == "mlp" ? student.Hidden : student.Channels,
            its = teacher.Kind == "mlp" ? teacher.Hidden : teacher.Channels;
        void Refuse(bool wrong, string what, string expected)
        {
            if (wrong) throw new RetortException(location, what, expected, "change student.model, or remove student.initial.");
        }
        if (student.IsEncoder && teacher.IsEncoder)
        {
            Refuse(student.Layers > teacher.Layers, $"student.initial: {student.Layers} layers from a bert of {teacher.Layers}.",
                "at most as many.");
            Refuse(recipe.Energy > 0, "student.initial.energy belongs to mlp and conv-net.", "whole matrices.");
            _ = PartOf(recipe, student).LayersOf(teacher.Layers); // refuses layers that are not there
            return;
        }
        Refuse(student.Kind != teacher.Kind || student.Kind is not ("mlp" or "conv-net"),
            $"student.initial: a {student.Kind} is to begin as a part of a {teacher.Kind}.", "two mlps, two conv-nets, or two berts.");
        Refuse(teacher.Ranks.Count > 0, "student.initial: the teacher's matrices are of low rank.", "a teacher of whole matrices.");
        var layers = Layers(recipe, own.Count, its.Count);
        Refuse(layers.Count != own.Count || own.Count > its.Count || own.Count == 0,
            $"student.initial: {layers.Count} layers of the teacher's {its.Count} for {own.Count} of the student.",
            "one of the teacher's for each of the student's.");
        for (var i = 0; i < own.Count; i++)
        {
            var (layer, before) = (layers[i], i == 0 ? -1 : layers[i - 1]);
            Refuse(i == 0 && layer != 0, $"student.initial.layers[0] is {layer}.", "0: only the teacher's first layer reads the examples.");
            Refuse(layer <= before || layer >= its.Count, $"student.initial.layers[{i}] is {layer}.",
                $"ascending numbers below {its.Count}, the teacher's layers.");
            Refuse(own[i] > its[layer], $"student.initial: layer {i} of the student has {own[i]} units, layer {layer} of the teacher {its[layer]}.",
                "at most as many.");
            Refuse(i > 0 && layer != before + 1 && its[layer - 1] != its[before],
                $"student.initial: between layers {before} and {layer} of the teacher the width changes.",
                "neighbours, or layers whose inputs are as wide.");
        }
        Refuse(layers[^1] != its.Count - 1 && its[^1] != its[layers[^1]], "student.initial: the teacher's last layer has another width.",
            "the last layer among student.initial.layers.");
    }

    /// <summary>The student with whole matrices, as it is taken from the teacher.</summary>
    /// <param name="recipe">Which layers.</param>
    /// <param name="student">What is to be built; its ranks do not count yet.</param>
    /// <param name="folder">Of the teacher.</param>
    /// <param name="device">Where the model lives.</param>
    /// <param name="seed">Of what no teacher has: exits.</param>
    /// <returns>The model, and one sentence on what was taken.</returns>
    /// <exception cref="RetortException">The student is no part of the teacher.</exception>
    public static (Module Whole, string Taken) Whole(InitialRecipe recipe, ModelRecipe student, string folder, Device device,
        Seed seed)
    {
        if (student.IsEncoder)
        {
            using var encoder = EncoderCheckpoint.Load(folder, device);
            var (part, said) = EncoderStudent.Of(encoder, PartOf(recipe, student), device, seed);
            return (part.Model, said);
        }
        var (teacher, description) = ModelCheckpoint.Load(folder, device);
        using (teacher)
        {
            Check(recipe, student, description.Model, folder);
            var whole = ModelBuilder.Create(student with { Ranks = [] }, description.ExampleShape, description.Classes);
            try
            {
                whole.Build(device, seed);
                return (whole, Fill(recipe, whole, teacher));
            }
            catch
            {
                whole.Dispose();
                throw;
            }
        }
    }

    /// <summary>What an encoder takes of its teacher.</summary>
    public static PartOfTeacher PartOf(InitialRecipe recipe, ModelRecipe student) => new()
    {
        Layers = recipe.Layers, LayerCount = student.Layers, Heads = student.Heads, Width = student.Width,
        Hidden = student.Hidden.Count > 0 ? student.Hidden[0] : 4 * student.Width, Embedding = student.Embedding,
    };

    /// <summary>Puts the teacher's numbers in the student's place.</summary>
    /// <param name="recipe">Which layers.</param>
    /// <param name="student">Built already.</param>
    /// <param name="teacher">Of the same kind, checked by <see cref="Check"/>.</param>
    /// <returns>What was taken, one sentence.</returns>
    public static string Fill(InitialRecipe recipe, Module student, Module teacher)
    {
        var (own, its) = (Parts(student), Parts(teacher));
        var layers = Layers(recipe, own.Count - 1, its.Count - 1);
        int[]? inputs = null; // all
        for (var i = 0; i < own.Count; i++)
        {
            var last = i == own.Count - 1;
            var from = its[last ? its.Count - 1 : layers[i]];
            var next = its[last ? its.Count - 1 : layers[i] + 1];
            var outputs = last ? null : Strongest(from, next, (int)own[i].Weight.Shape[0]);
            foreach (var (to, source) in own[i].All.Zip(from.All)) Copy(to, source, outputs, source == from.Weight ? inputs : null);
            inputs = outputs;
        }
        return $"layers {string.Join(", ", layers)} of the teacher, the strongest units of each";
    }

    private static List<Part> Parts(Module module) => module switch
    {
        Mlp mlp => [.. mlp.Layers.Select(layer => new Part(layer.Weight, [layer.Bias]))],
        ConvNet net => [.. net.Convolutions.Zip(net.Norms, (convolution, norm) => new Part(convolution.Weight,
            [norm.Weight, norm.Bias, norm.RunningMean, norm.RunningVariance])), new Part(net.Output.Weight, [net.Output.Bias])],
        _ => throw new RetortException("student.initial", "the model is neither an mlp nor a conv-net.", "one of the two."),
    };

    /// <summary>The units with the largest ‖in‖·‖out‖, ascending.</summary>
    private static int[] Strongest(Part layer, Part next, int count)
    {
        var (incoming, outgoing) = (Norms(layer.Weight, 0), Norms(next.Weight, 1));
        return [.. Enumerable.Range(0, incoming.Length)
            .OrderByDescending(unit => incoming[unit] * (outgoing.Length == incoming.Length ? outgoing[unit] : 1))
            .Take(count).Order()];
    }

    private static double[] Norms(Parameter weight, int dimension)
    {
        var (values, shape) = (weight.Value.Device.ToFloats(weight.Value), weight.Shape);
        var (inner, norms) = ((int)shape.CountOf(dimension + 1, shape.Rank), new double[shape[dimension]]);
        for (var i = 0; i < values.Length; i++) norms[i / inner % norms.Length] += (double)values[i] * values[i];
        return norms;
    }

    /// <param name="target">[outputs, inputs, …window], or [outputs].</param>
    /// <param name="source">Of the teacher.</param>
    /// <param name="outputs">Units that are taken; null = all.</param>
    /// <param name="inputs">Inputs that are taken; null = all.</param>
    private static void Copy(Parameter target, Parameter source, int[]? outputs, int[]? inputs)
    {
        var (values, shape) = (source.Value.Device.ToFloats(source.Value), source.Shape);
        var columns = shape.Rank > 1 ? (int)shape[1] : 1;
        var window = (int)shape.CountOf(Math.Min(2, shape.Rank), shape.Rank);
        List<float> taken = [];
        foreach (var row in outputs ?? [.. Enumerable.Range(0, (int)shape[0])])
            foreach (var column in inputs ?? [.. Enumerable.Range(0, columns)])
                taken.AddRange(values.AsSpan((row * columns + column) * window, window));
        target.Value.Device.Write(target.Value, taken.ToArray());
    }

    /// <summary>A layer: its weight, and numbers of each unit.</summary>
    private sealed record Part(Parameter Weight, IReadOnlyList<Parameter> Others)
    {
        public IEnumerable<Parameter> All => Others.Prepend(Weight);
    }
}
