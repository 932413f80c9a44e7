using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Nn.Models;

/// <summary>Documents that share a row are read as if each stood alone.</summary>
public sealed class PackedGptTests
{
    private const int Vocabulary = 11;
    private static readonly int[] First = [3, 1, 4, 1, 5], Second = [9, 2, 6], Third = [5, 3, 5, 8, 9, 7, 9];

    private static readonly GptShape Plain = new(Vocabulary, 12, 2, 3, 1, 4, 16, 16);

    public static TheoryData<bool, bool, bool> Kinds => new()
    {
        { false, false, false }, { true, false, false }, { false, true, false }, { false, false, true }, { true, true, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void PackedIsAsAlone(bool cpu, bool window, bool heads)
    {
        using Device device = cpu ? new CpuDevice(2) : new ReferenceDevice();
        using var model = new Gpt(Plain with { HeadNorms = heads, Windows = window ? [3, 0] : null });
        model.Build(device, new Seed(7));
        var alone = Run(model, [[First], [Second], [Third]]);
        var packed = Run(model, [[First, Second], [Third]]);
        var tolerance = cpu ? 1e-5 : 1e-6;
        Assert.Equal(alone.Hidden.Length, packed.Hidden.Length);
        for (var i = 0; i < alone.Hidden.Length; i++) Assert.Equal(alone.Hidden[i], packed.Hidden[i], tolerance);
        var largest = alone.Gradients.Max(Math.Abs);
        for (var i = 0; i < alone.Gradients.Length; i++) Assert.Equal(alone.Gradients[i], packed.Gradients[i], 10 * tolerance * largest);
    }

    /// <summary>Hidden states of the documents' tokens in their order, and gradients of the mean cross-entropy of next tokens.</summary>
    private static (double[] Hidden, double[] Gradients) Run(Gpt model, int[][][] rows)
    {
        var length = rows.Max(row => row.Sum(document => document.Length));
        int[] tokens = new int[rows.Length * length], documents = new int[tokens.Length];
        List<int> places = [], read = [], targets = [];
        for (var row = 0; row < rows.Length; row++)
        {
            var place = row * length;
            foreach (var (number, document) in rows[row].Index())
            {
                document.CopyTo(tokens, place);
                Array.Fill(documents, number + 1, place, document.Length);
                read.AddRange(Enumerable.Range(place, document.Length));
                places.AddRange(Enumerable.Range(place, document.Length - 1));
                targets.AddRange(document.Skip(1));
                place += document.Length;
            }
        }
        using var step = new Step(model.Head.Device);
        step.Begin(training: true);
        var shape = new Shape(rows.Length, length);
        var states = Gpt.Rows(step, model.States(step, step.Constant(shape, tokens.AsSpan()), step.Constant(shape, documents.AsSpan()),
            packed: true));
        var hidden = step.Device.ToDoubles(step.Embedding(states, Ids(step, read)));
        var loss = step.HeadLoss(step.Embedding(states, Ids(step, places)), model.Head, null, RowLossTerms.HardOnly(), Ids(step, targets));
        step.Backward(loss.Loss);
        return (hidden, step.Device.ToDoubles(model.Weights.Gradients));
    }

    private static Tensor Ids(Step step, List<int> ids) => step.Constant(new Shape(ids.Count), [.. ids]);
}
