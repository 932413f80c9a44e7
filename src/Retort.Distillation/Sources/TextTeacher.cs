using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Retort.Training;

namespace Retort.Sources;

/// <summary>A language model of a folder as a teacher in the loop, frozen and in evaluation mode.</summary>
public sealed class TextTeacher : ITokenTeacher, IDisposable
{
    private readonly LanguageCheckpoint _checkpoint;

    private TextTeacher(LanguageCheckpoint checkpoint)
    {
        _checkpoint = checkpoint;
        Model.RecomputesBlocks = true; // nothing goes back through it: what a block takes is free behind it, and nothing is computed again
    }

    public Gpt Model => _checkpoint.Model;

    /// <param name="folder">In the Hugging Face layout.</param>
    /// <param name="data">What it will be asked about.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="RetortException">It does not know all tokens of the texts, or no context that long.</exception>
    public static TextTeacher Open(string folder, TextData data, Device device)
    {
        var teacher = new TextTeacher(LanguageCheckpoint.Load(folder, device));
        var (sizes, tokens) = (teacher.Model.Sizes, data.Tokenizer.Tokenizer.Size);
        if (sizes.Vocabulary >= tokens && sizes.Positions >= data.ContextLength)
        {
            teacher.Model.Weights.Freeze(DataType.Float32); // it learns no more: memory for gradients is given back
            return teacher;
        }
        teacher.Dispose();
        throw sizes.Vocabulary < tokens
            ? new RetortException(folder, $"knows {sizes.Vocabulary} tokens, and the texts have {tokens}.",
                "a teacher of the same tokenizer.", "remove data.tokenizer: the teacher's own is used then.")
            : new RetortException(folder, $"knows {sizes.Positions} positions, and data.contextLength is {data.ContextLength}.",
                "a context that the teacher knows.", "lower data.contextLength.");
    }

    public TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places) => Answer(step, Model, tokens, documents, places);

    /// <summary>Of the whole model only the hidden states that are asked for stay in the step.</summary>
    internal static TeacherHead Answer(Step step, Gpt model, Tensor tokens, Tensor documents, Tensor places) =>
        new(step.FrozenValue(new Shape(places.Shape.Count, model.Sizes.Width),
            () => step.Embedding(Gpt.Rows(step, model.States(step, tokens, documents, packed: true)), places)), model.Head);

    public void Dispose() => _checkpoint.Dispose();
}
