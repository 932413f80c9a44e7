using Retort.Data.Conversations.Redaction;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations.Redaction;

public sealed class LooseTextTests
{
    [Theory]
    [InlineData("{\"a\": \"x\\nsk-1\"", "{\"a\": \"x sk-1\"")]
    [InlineData("a\\u0040b.org \\\"q\\\" \\\\", "a@b.org \"q\" \\")]
    [InlineData("\\ud83d\\u00", "\uFFFDu00")]
    [InlineData("end\\", "end\\")]
    public void EscapesAreTakenBackAsFarAsTheyCanBeRead(string json, string text) => Assert.Equal(text, LooseText.Of(json));
}
