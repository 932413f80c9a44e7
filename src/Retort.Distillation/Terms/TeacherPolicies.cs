using System.Text.Json;
using Retort.Data;
using Retort.Tensors;

namespace Retort.Terms;

/// <summary>The policies that are known: a user's own beside a recipe before those that come with this program.</summary>
public sealed class TeacherPolicies
{
    public const string FileName = "teacher-policy.json";

    private static readonly string[] Verdicts = ["allow", "conditions", "ask", "deny"];
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly IReadOnlyList<TeacherPolicy> _all;

    private TeacherPolicies(IReadOnlyList<TeacherPolicy> all) => _all = all;

    /// <param name="recipeFolder">Where a user's own file may lie.</param>
    /// <exception cref="RetortException">That file has no policies.</exception>
    public static TeacherPolicies Read(string recipeFolder)
    {
        using var stream = typeof(TeacherPolicies).Assembly.GetManifestResourceStream(FileName)!;
        using var reader = new StreamReader(stream);
        var shipped = Of(FileName, reader.ReadToEnd());
        return new TeacherPolicies(DataPath.TextBeside(recipeFolder, FileName) is { } own
            ? [.. Of(Path.Combine(recipeFolder, FileName), own), .. shipped] : shipped);
    }

    /// <summary>The first that covers one of these names; null = none does.</summary>
    /// <param name="names">A host, a model, a licence.</param>
    public TeacherPolicy? For(IEnumerable<string> names) =>
        names.Where(name => name.Length > 0).Select(name => _all.FirstOrDefault(policy => policy.Covers(name)))
            .FirstOrDefault(policy => policy is not null);

    private static IReadOnlyList<TeacherPolicy> Of(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            TeacherPolicy[] policies = [.. document.RootElement.GetProperty("policies").EnumerateArray()
                .Select(one => one.Deserialize<TeacherPolicy>(Json)!)];
            return policies.FirstOrDefault(policy => !Verdicts.Contains(policy.Verdict)) is { } wrong
                ? throw new RetortException(path, $"says '{wrong.Verdict}' of {wrong.Teacher}.", $"one of: {string.Join(", ", Verdicts)}.",
                    "mend the verdict.")
                : policies.Any(policy => policy.Match is null or [] || string.IsNullOrEmpty(policy.Clause)
                    || string.IsNullOrEmpty(policy.Read))
                    ? throw new RetortException(path, "has a policy without match, clause or read.",
                        "whom it covers, what the terms say, and the day they were read.", "add what is missing.")
                    : policies;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new RetortException(path, "is no list of policies: " + error.Message,
                "{\"policies\": [{\"teacher\", \"match\": […], \"verdict\", \"clause\", \"url\", \"read\"}]}.", "mend or remove the file.", error);
        }
    }
}
