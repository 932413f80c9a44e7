using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>
/// A causal language model that begins as a part of its teacher, or that has the teacher's vocabulary and numbers of its own.
/// </summary>
public static class LanguageStudent
{
    /// <summary>The student's sizes: the head tied where the teacher's is, heads of keys in proportion to those of queries.</summary>
    /// <param name="teacher">The teacher's sizes.</param>
    /// <param name="part">What is taken.</param>
    /// <exception cref="RetortException">The student is no part of the teacher.</exception>
    public static CausalConfig Config(CausalConfig teacher, PartOfTeacher part)
    {
        var layers = part.LayersOf(teacher.Layers);
        var group = teacher.Heads / teacher.KeyValueHeads;
        var heads = part.Size("heads", part.Heads, teacher.Heads, group);
        return teacher with
        {
            Layers = layers.Count, Windows = [.. layers.Select(layer => teacher.Windows[layer])],
            Heads = heads, KeyValueHeads = heads / group, StoredType = "float32",
            IntermediateSize = part.Size("hidden", part.Hidden, teacher.IntermediateSize),
            HiddenSize = part.Size("width", part.Width, teacher.HiddenSize),
        };
    }

    /// <summary>The student, built.</summary>
    /// <param name="teacher">With its numbers in float32; it may be frozen.</param>
    /// <param name="part">What is taken.</param>
    /// <param name="device">Where the student will live.</param>
    /// <param name="seed">Of numbers that are drawn, with <see cref="PartOfTeacher.Scratch"/>.</param>
    /// <returns>The model, and one sentence on what was taken.</returns>
    /// <exception cref="RetortException">The student is no part of the teacher, or the teacher's numbers are in a narrow type.</exception>
    public static (LanguageCheckpoint Student, string Taken) Of(LanguageCheckpoint teacher, PartOfTeacher part, Device device, Seed seed)
    {
        var (its, own) = (teacher.Config, Config(teacher.Config, part));
        var student = new LanguageCheckpoint(LanguageCheckpoint.Create(own), own, teacher.Generation);
        try
        {
            student.Model.Build(device, seed);
            if (part.Scratch)
                return (student, $"drawn: {own.Layers} layers, {own.Heads} heads, {own.IntermediateSize} hidden units, "
                    + $"width {own.HiddenSize}");
            var layers = part.LayersOf(its.Layers);
            new TakenWeights(teacher.Model, "model.layers.", layers, AxesOf, new Dictionary<Axis, (int, int)>
            {
                [Axis.Queries] = (its.KeyValueHeads, own.KeyValueHeads), [Axis.Hidden] = (its.IntermediateSize, own.IntermediateSize),
                [Axis.Stream] = (its.HiddenSize, own.HiddenSize),
            }).Fill(student.Model);
            return (student, $"layers {string.Join(", ", layers)} of {its.Layers}; {own.Heads} of {its.Heads} heads, "
                + $"{own.IntermediateSize} of {its.IntermediateSize} hidden units, {own.HiddenSize} of {its.HiddenSize} numbers of the "
                + "stream: the largest by norms in and out");
        }
        catch
        {
            student.Dispose();
            throw;
        }
    }

    /// <summary>By the last word but one of its path.</summary>
    private static Axes AxesOf(string name) => name.Split('.')[^2] switch
    {
        "embed_tokens" => new(Axis.Table, Axis.Stream),
        "lm_head" => new(Axis.Whole, Axis.Stream),
        "q_proj" => new(Axis.Queries, Axis.Stream),
        "k_proj" or "v_proj" => new(Axis.Keys, Axis.Stream),
        "o_proj" => new(Axis.Stream, Axis.Queries),
        "gate_proj" or "up_proj" => new(Axis.Hidden, Axis.Stream),
        "down_proj" => new(Axis.Stream, Axis.Hidden),
        "q_norm" or "k_norm" => new(Axis.Whole),
        _ => new(Axis.Stream),
    };
}
