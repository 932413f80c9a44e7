using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("gpt-4o", "gpt-4o-2024-08-06", true)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("gpt-4o", "gpt-4o-mini-2024-07-18", false)]
    [InlineData("qwen/qwen3-8b", "Qwen3-8B", true)]
    [InlineData("qwen3-8b", "/models/qwen3-8b.gguf", true)]
    [InlineData("mistral-small-latest", "mistral-small-2506", true)]
    [InlineData("llama-3", "llama-3-8", false)]
    [InlineData("llama-3-8b", "llama-3-70b", false)]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o-2024-05-13", false)]
    public void ADateIsTheSameModelAndAnotherSizeIsNot(string asked, string answered, bool same) =>
        Assert.Equal(same, ModelName.IsSame(asked, answered));
}
