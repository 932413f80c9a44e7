namespace Retort.Grading.Schemas;

/// <summary>{"type": "json_schema", "input", "schema"}: 1 where the answer is JSON that the schema allows, else 0.</summary>
public sealed class JsonSchemaGrader : IGrader
{
    private readonly GraderTemplate _input;
    private readonly JsonSchema _schema;

    internal JsonSchemaGrader(GraderPart part)
    {
        part.Known("input", "schema");
        (Name, _input, _schema) = (part.Name, part.Template("input"), new JsonSchema($"{part.Location}.schema", part.Needed("schema")));
    }

    public string Name { get; }

    public Task<Grade> GradeAsync(GradedItem item, CancellationToken cancellation) => Task.FromResult(_input.Render(item) is { } input
        ? Grade.Of(GraderTemplate.Parsed(input) is { } value && _schema.Holds(value) ? 1 : 0, 1)
        : Grade.Ungraded(GraderReasons.Missing));
}
