namespace Retort.Evaluation.Report;

/// <summary>Examples on which teacher and student differ: pictures as inline PNG, rows as their feature values.</summary>
internal static class ExampleCards
{
    private const int Most = 48;

    public static Markup Render(IReadOnlyList<DifferingExample> examples)
    {
        if (examples.Count == 0)
            return Markup.Empty;
        var note = examples.Count > Most ? Markup.Of($"<p class=\"note\">The first {Most} of {examples.Count}.</p>") : Markup.Empty;
        return Markup.Of($"""
            <h2>Where teacher and student differ</h2><div class="examples">{Markup.Join(examples.Take(Most).Select(Card))}</div>{note}
            """);
    }

    private static Markup Card(DifferingExample example) => Markup.Of($"""
        <figure>{Picture(example)}{Features(example)}<div>True: <b>{example.Label}</b> <span class="note">#{example.Index}</span></div>
        <div class="teacher">Teacher: {Answer(example.TeacherClass, example.TeacherProbability, example.Label)}</div>
        <div class="student">Student: {Answer(example.StudentClass, example.StudentProbability, example.Label)}</div></figure>
        """);

    private static Markup Answer(string answer, double probability, string label)
        => Markup.Of($"{answer} {probability * 100:0} % {(answer == label ? "✓" : "✗")}");

    private static Markup Picture(DifferingExample example) => example.Pixels is { } pixels
        ? Markup.Of($"<img alt=\"example {example.Index}\" src=\"data:image/png;base64,{Convert.ToBase64String(PngImage.Encode(pixels, example.Height, example.Width))}\">")
        : Markup.Empty;

    private static Markup Features(DifferingExample example)
        => example.FeatureText is { } text ? Markup.Of($"<code>{text}</code>") : Markup.Empty;
}
