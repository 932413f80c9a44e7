using Retort.Export;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>llama.cpp's server with a GGUF file of ours as a teacher: its log-probabilities are our own model's, and are learnt.</summary>
[Trait("Category", "Verifier")]
public sealed class LlamaServerTests(ITestOutputHelper output)
{
    /// <summary>In float32 throughout, and as it comes: with its streaming softmax and half-precision keys and values.</summary>
    [Theory]
    [InlineData(1e-3, "-fa", "off", "-ctk", "f32", "-ctv", "f32")]
    [InlineData(1e-2)]
    public async Task AStudentLearnsItsLogProbabilities(double allowed, params string[] flags)
    {
        if (LlamaServer.Find(out var whySkipped) is not { } program)
        {
            Assert.Skip(whySkipped);
            return;
        }
        using var teacher = new ServedTeacher();
        using (var device = new CpuDevice(1))
            ModelExport.Write(teacher.Model, teacher.At("files"), [ExportFormat.Parse("gguf:f32", "")], device);
        using var server = await LlamaServer.StartAsync(program, teacher.At("files/model-f32.gguf"), ServedTeacher.Name,
            ["-c", "512", .. flags]);
        var found = await Task.Run(() => teacher.Learn(server.Url, "run"), TestContext.Current.CancellationToken);
        output.WriteLine($"llama-server {string.Join(' ', flags)}: {found}");
        Assert.InRange(found.Largest, 0, allowed);
        Assert.True(found.Outside > 0);
    }
}
