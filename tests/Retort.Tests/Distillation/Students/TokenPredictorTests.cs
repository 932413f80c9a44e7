using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class TokenPredictorTests
{
    /// <summary>Rows of a padded vocabulary share no probability: the losses are those of a head without them.</summary>
    [Fact]
    public void RowsBeyondTheLastTokenAreNobodys()
    {
        const int Known = 6, Padded = 9, Width = 8;
        using var device = new ReferenceDevice();
        Gpt Model(int vocabulary)
        {
            var model = new Gpt(new GptShape(vocabulary, Width, 1, 2, 1, 4, 16, 12, TiedHead: true));
            model.Build(device, new Seed(3));
            foreach (var parameter in model.Weights.Parameters)
                device.Write(parameter.Value, [.. Enumerable.Range(0, (int)parameter.Shape.Count)
                    .Select(i => new Seed(9).Derive(parameter.Name).Normal((ulong)i))]);
            return model;
        }
        using Gpt padded = Model(Padded), exact = Model(Known);
        TextDocument[] documents = [new("one", [1, 2, 3, 0], [false, true, true, true]), new("two", [5, 4, 0], [false, true, true])];
        double[] Losses(Gpt model, int tokens) => TokenPredictor.Losses(model, documents, 12, tokens, device);
        var expected = Losses(exact, Known);
        Assert.All(Losses(padded, Known).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.All(Losses(padded, int.MaxValue).Zip(expected), pair => Assert.True(pair.First > pair.Second + 1e-3));
    }
}
