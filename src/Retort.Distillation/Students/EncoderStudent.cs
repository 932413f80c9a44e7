using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>
/// An encoder that begins as a part of its teacher, or that has the teacher's vocabulary and numbers of its own.
/// </summary>
public static class EncoderStudent
{
    /// <summary>The student's sizes. An encoder's heads are as wide together as its stream: where one is said, the other follows.</summary>
    /// <param name="teacher">The teacher's sizes.</param>
    /// <param name="part">What is taken.</param>
    /// <exception cref="RetortException">The student is no part of the teacher.</exception>
    public static EncoderConfig Config(EncoderConfig teacher, PartOfTeacher part)
    {
        var head = teacher.HiddenSize / teacher.Heads;
        var width = part.Size("width", part.Width ?? part.Heads * head, teacher.HiddenSize, head);
        if (part.Heads is { } heads && heads * head != width)
            throw PartOfTeacher.Refused($"{heads} heads and width {width}.", $"a width of {heads} times {head}, the width of a head.");
        var embedding = part.Embedding ?? teacher.Sentences?.Embedding ?? 0;
        return teacher with
        {
            Sentences = embedding > 0 || teacher.Sentences is not null ? new SentenceModules(width, embedding) : null,
            Layers = part.LayersOf(teacher.Layers).Count, Heads = width / head, HiddenSize = width, StoredType = "float32",
            IntermediateSize = part.Size("hidden", part.Hidden, teacher.IntermediateSize),
        };
    }

    /// <summary>The student, built.</summary>
    /// <param name="teacher">With its numbers in float32; it may be frozen.</param>
    /// <param name="part">What is taken.</param>
    /// <param name="device">Where the student will live.</param>
    /// <param name="seed">Of numbers that are drawn, with <see cref="PartOfTeacher.Scratch"/>.</param>
    /// <returns>The model, and one sentence on what was taken.</returns>
    /// <exception cref="RetortException">The student is no part of the teacher, or the teacher's numbers are in a narrow type.</exception>
    public static (EncoderCheckpoint Student, string Taken) Of(EncoderCheckpoint teacher, PartOfTeacher part, Device device, Seed seed)
    {
        var (its, own) = (teacher.Config, Config(teacher.Config, part));
        var student = new EncoderCheckpoint(EncoderCheckpoint.Create(own), own);
        try
        {
            student.Model.Build(device, seed);
            if (part.Scratch) return (student, $"drawn: {own.Layers} layers, {own.Heads} heads, {own.IntermediateSize} hidden units");
            var layers = part.LayersOf(its.Layers);
            var drawsDense = own.Sentences is { Embedding: > 0 and var embedding } && its.Sentences?.Embedding != embedding;
            var prefix = its.Family == EncoderFamily.Bert ? "bert.encoder.layer." : "distilbert.transformer.layer.";
            new TakenWeights(teacher.Model, prefix, layers, AxesOf, new Dictionary<Axis, (int, int)>
            {
                [Axis.Queries] = (its.Heads, own.Heads), [Axis.Hidden] = (its.IntermediateSize, own.IntermediateSize),
                [Axis.Stream] = (its.HiddenSize, own.HiddenSize),
            }).Fill(student.Model, drawsDense ? Bert.SentenceDense : null);
            return (student, $"layers {string.Join(", ", layers)} of {its.Layers}; {own.Heads} of {its.Heads} heads, "
                + $"{own.IntermediateSize} of {its.IntermediateSize} hidden units: the largest by norms in and out"
                + (drawsDense ? "; the layer behind the mean is drawn" : ""));
        }
        catch
        {
            student.Dispose();
            throw;
        }
    }

    private static Axes AxesOf(string name)
    {
        var words = name.Split('.');
        return words[^2] switch
        {
            "word_embeddings" or "position_embeddings" or "token_type_embeddings" => new(Axis.Table, Axis.Stream),
            "classifier" => new(Axis.Whole, Axis.Stream),
            "predictions" or "vocab_projector" => new(Axis.Whole), // a bias for each token
            "vocab_transform" => new(Axis.Stream, Axis.Stream),
            "query" or "key" or "value" or "q_lin" or "k_lin" or "v_lin" => new(Axis.Queries, Axis.Stream),
            "out_lin" => new(Axis.Stream, Axis.Queries),
            "lin1" => new(Axis.Hidden, Axis.Stream),
            "lin2" => new(Axis.Stream, Axis.Hidden),
            "pre_classifier" => new(Axis.Stream, Axis.Stream),
            "dense" when name.StartsWith(Bert.SentenceDense, StringComparison.Ordinal) =>
                words[^1] == "weight" ? new(Axis.Whole, Axis.Stream) : new(Axis.Whole),
            "dense" => (words[^4], words[^3]) switch
            {
                ("attention", "output") => new(Axis.Stream, Axis.Queries),
                (_, "intermediate") => new(Axis.Hidden, Axis.Stream),
                (_, "output") => new(Axis.Stream, Axis.Hidden),
                _ => new(Axis.Stream, Axis.Stream), // the pooler
            },
            _ => new(Axis.Stream),
        };
    }
}
