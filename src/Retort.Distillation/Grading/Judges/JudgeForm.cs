using System.Text.Json;

namespace Retort.Grading.Judges;

/// <summary>
/// What a judge may answer: an object whose "result" is one of some labels, or a number in a range. Services that know forms of answers
/// (response_format of OpenAI, llama.cpp and vLLM) hold a judge to it; to others only the prompt says it.
/// </summary>
/// <param name="ResponseFormat">The value of the request's field response_format.</param>
/// <param name="Fitting">An answer that it allows; what a plan takes for one.</param>
public sealed record JudgeForm(JsonElement ResponseFormat, string Fitting)
{
    public static JudgeForm OneOf(IEnumerable<string> labels)
    {
        string[] all = [.. labels];
        return Of(new { type = "string", @enum = all }, new { result = all[0] });
    }

    public static JudgeForm Number(double low, double high) =>
        Of(new { type = "number", minimum = low, maximum = high }, new { result = low });

    private static JudgeForm Of(object result, object fitting) => new(JsonSerializer.SerializeToElement(new
    {
        type = "json_schema",
        json_schema = new
        {
            name = "judgement",
            strict = true,
            schema = new { type = "object", properties = new { result }, required = new[] { "result" }, additionalProperties = false },
        },
    }), JsonSerializer.Serialize(fitting));
}
