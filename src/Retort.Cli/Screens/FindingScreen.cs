using Retort.Diagnosis;
using Spectre.Console;

namespace Retort.Cli.Screens;

/// <summary>What a doctor found, worst news in the exit code.</summary>
internal static class FindingScreen
{
    /// <returns>Bad input when something would stop a run.</returns>
    public static int Show(Screen screen, IReadOnlyList<Finding> findings)
    {
        var code = findings.Any(finding => finding.Severity == Severity.Error) ? ExitCode.BadInput : ExitCode.Done;
        List<string[]> rows =
            [.. findings.Select(finding => (string[])[finding.Check, finding.Found, Name(finding.Severity), finding.Remedy])];
        screen.Table(["check", "found", "verdict", "what to do"], rows);
        foreach (var finding in findings.Where(finding => finding.Mask.Count > 0)) Mask(screen, finding);
        screen.Say($"{Count(Severity.Ok)} ok, {Count(Severity.Warning)} warnings, {Count(Severity.Error)} errors");
        screen.Data(json =>
        {
            json.WriteNumber("exitCode", code);
            json.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("check", finding.Check);
                json.WriteString("found", finding.Found);
                json.WriteString("verdict", Name(finding.Severity));
                json.WriteString("remedy", finding.Remedy);
                if (finding.Mask.Count > 0)
                {
                    json.WriteStartArray("mask");
                    foreach (var (text, learnt) in finding.Mask)
                    {
                        json.WriteStartObject();
                        json.WriteString("text", text);
                        json.WriteBoolean("learnt", learnt);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
        return code;

        int Count(Severity severity) => findings.Count(finding => finding.Severity == severity);
    }

    /// <summary>What is learnt in green, what is read only in grey; without colours what is learnt stands in brackets ⟦ ⟧.</summary>
    private static void Mask(Screen screen, Finding finding)
    {
        screen.Say($"{finding.Check}, {finding.Found}:");
        if (!screen.IsTerminal)
        {
            screen.Say("  " + string.Concat(finding.Mask.Select(piece => piece.Learnt ? $"⟦{piece.Text}⟧" : piece.Text)).ReplaceLineEndings("⏎"));
            return;
        }
        var text = new Paragraph();
        foreach (var (part, learnt) in finding.Mask) text.Append(part, new Style(learnt ? Color.Green : Color.Grey));
        screen.Show(text);
        screen.Say();
    }

    private static string Name(Severity severity) => severity switch
    {
        Severity.Ok => "ok",
        Severity.Warning => "warning",
        _ => "error",
    };
}
