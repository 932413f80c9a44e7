using Retort.Checkpoints;
using Retort.Data;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class ObjectiveCheckTests
{
    /// <summary>What is in a checkpoint is seen in its folder, of every member, before anything is trained.</summary>
    [Theory]
    [InlineData(4, 4, "")]
    [InlineData(4, 0, "confidence-aware-features")]
    [InlineData(0, 4, "confidence-aware-features")]
    public void ACheckpointWithNothingBeforeItsLastLayerIsRefused(int first, int second, string told)
    {
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        var members = new List<string>();
        foreach (var width in (int[])[first, second])
        {
            var model = new ModelRecipe { Kind = "mlp", Hidden = width == 0 ? [] : [width] };
            using var module = ModelBuilder.Create(model, [1, 28, 28], 10);
            module.Build(device, new Seed(1));
            var path = folder.At($"{members.Count}");
            ModelCheckpoint.Save(path, module, new ModelDescription(model, [1, 28, 28], [.. "0123456789".Select(digit => $"{digit}")]));
            members.Add($"{{source: checkpoint, path: '{path}'}}");
        }
        var recipe = Texts.Read("student.objective=[{name: confidence-aware-features}]",
            $"teacher={{members: [{string.Join(", ", members)}]}}");
        RecipeCheck.Check(recipe, "small.yaml");
        var data = DatasetReader.Read(recipe.Data, folder.Path, recipe.Seed);
        void Check() => ObjectiveCheck.Check(recipe, data, i => recipe.Teacher.Members[i].Path, learnt: false);
        if (told.Length == 0) Check();
        else Assert.Contains($"objective '{told}' compares what is before the last layer, and the model in {folder.At(first == 0 ? "0" : "1")}",
            Assert.Throws<RetortException>(Check).Message, StringComparison.Ordinal);
    }
}
