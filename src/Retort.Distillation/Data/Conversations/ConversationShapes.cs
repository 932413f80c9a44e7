using System.Text.Json;
using Retort.Data.Conversations.Shapes;

namespace Retort.Data.Conversations;

/// <summary>All shapes that are read, the telling ones first: an object is of the first that it fits.</summary>
public static class ConversationShapes
{
    public static IReadOnlyList<IConversationShape> All { get; } =
    [
        new BedrockInvocationLogShape(), new BedrockConversationShape(), new PreferencePairShape(), new SharedPreferenceShape(),
        new StoredCompletionShape(), new BatchRequestShape(), new OpenAiChatShape(), new ShareGptShape(), new AlpacaShape(),
        new PromptCompletionShape(),
    ];

    /// <returns>Null where it fits none.</returns>
    public static IConversationShape? Of(JsonElement row) =>
        row.ValueKind == JsonValueKind.Object ? All.FirstOrDefault(shape => shape.Fits(row)) : null;
}
