using System.Text.Json;
using System.Text.Json.Serialization;
using Retort.Data.Tables;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>What model.json says beside model.safetensors: enough to build the model again.</summary>
public sealed record ModelDescription(ModelRecipe Model, IReadOnlyList<int> ExampleShape, IReadOnlyList<string> ClassNames)
{
    private static readonly JsonSerializerOptions Options =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public int Classes => ClassNames.Count;

    /// <summary>The number that it answers, in whose standard units; null = it answers classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TargetColumn? Target { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";

    /// <exception cref="RetortException">The text is no model description.</exception>
    public static ModelDescription FromJson(string json, string path)
    {
        try
        {
            if (JsonSerializer.Deserialize<ModelDescription>(json, Options) is { Model: not null, ExampleShape.Count: > 0,
                ClassNames: not null } description && TargetColumn.Fits(description.Target, description.Classes)) return description;
        }
        catch (JsonException cause)
        {
            throw new RetortException($"{path}:{cause.LineNumber + 1}", "is not JSON of a model description.",
                "model, exampleShape and classNames.", "export the teacher again with Retort.", cause);
        }
        throw new RetortException(path, "lacks model, exampleShape or at least two classNames.",
            "the model.json that Retort writes beside model.safetensors.", "export the teacher again with Retort.");
    }
}
