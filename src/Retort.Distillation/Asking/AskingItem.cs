using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>One answer that is wanted.</summary>
/// <param name="Prompt">To this.</param>
/// <param name="Request">What is sent; its sample number is among it.</param>
/// <param name="Key">Under which the answer is kept: equal questions have one key and are paid for once.</param>
public sealed record AskingItem(Prompt Prompt, ChatRequest Request, string Key)
{
    /// <summary>Every prompt with every sample number, in the order of the file.</summary>
    public static IReadOnlyList<AskingItem> Of(IEnumerable<Prompt> prompts, ChatParameters parameters, int samples, string identity) =>
        [.. prompts.SelectMany(prompt => Enumerable.Range(0, samples).Select(sample =>
        {
            var request = new ChatRequest(prompt.Messages, parameters, sample);
            return new AskingItem(prompt, request, RequestKey.Of(identity, request));
        }))];
}
