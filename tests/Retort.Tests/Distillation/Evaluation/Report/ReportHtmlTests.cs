using System.Xml.Linq;
using Retort.Evaluation;
using Retort.Evaluation.Report;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Report;

public sealed class ReportHtmlTests
{
    private static readonly string page = ReportHtml.Render(ReportSample.Input());

    [Theory]
    [InlineData("Better than without the teacher")]
    [InlineData("Side by side")]
    [InlineData("aria-label=\"confusion matrix\"")]
    [InlineData("aria-label=\"reliability diagram\"")]
    [InlineData("Validation accuracy")]
    [InlineData("class=\"tag\">worst")]
    [InlineData("Accuracy per slice")]
    [InlineData("data:image/png;base64,iVBORw0KGgo")]
    [InlineData("x-box 2")]
    [InlineData("KL(softmax(z_t / 20)")]
    [InlineData("still falling")]
    [InlineData("dense logits")]
    [InlineData("sha256:2cf24")]
    [InlineData("prefers-color-scheme: dark")]
    public void Every_section_is_there(string text) => Assert.Contains(text, page, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_loaded_or_run()
    {
        foreach (var forbidden in new[] { "<script", "http://", "https://", "<link", "@import", "NaN", "Infinity" })
            Assert.DoesNotContain(forbidden, page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_body_is_balanced()
    {
        var body = page[page.IndexOf("<main>", StringComparison.Ordinal)..(page.IndexOf("</main>", StringComparison.Ordinal) + 7)];
        // The only void element in the body is img; as XML it needs its slash.
        var xml = System.Text.RegularExpressions.Regex.Replace(body, "(<img[^>]*)>", "$1/>");
        Assert.Equal("main", XElement.Parse(xml).Name.LocalName);
    }

    [Fact]
    public void Everything_from_outside_is_escaped()
    {
        const string evil = "<b onload=\"x\">&'";
        var labels = Enumerable.Range(0, 40).Select(i => i % 2).ToArray();
        var input = Cases.Input(labels, labels, labels, labels) with
        {
            ClassNames = [evil, evil],
            Teacher = Cases.Choosing(evil, 2, labels),
            Slice = labels,
            SliceNames = [evil, evil],
            Notes = new Dictionary<string, string> { [evil] = evil },
        };
        var hostile = ReportHtml.Render(new ReportInput
        {
            Title = evil,
            Result = Evaluator.Evaluate(input),
            Formula = evil,
            Curves = [new(evil, [(0, 1), (1, 2)], evil)],
            Warnings = [evil],
            Provenance = [new(evil, evil)],
            LabelBytes = [new(evil, 1, evil)],
            Differing = [new(0, evil, evil, 1, evil, 1) { FeatureText = evil }],
        });
        Assert.DoesNotContain("<b onload", hostile, StringComparison.Ordinal);
        Assert.DoesNotContain("onload=\"", hostile, StringComparison.Ordinal);
        Assert.Contains("&lt;b onload=&quot;x&quot;&gt;&amp;&#39;", hostile, StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_curves_do_not_break_the_page()
    {
        var odd = ReportHtml.Render(ReportSample.Input(examples: 60, classes: 50) with
        {
            Curves = [new("empty", []), new("one", [(1, 2)]), new("diverged", [(1, double.NaN), (2, double.PositiveInfinity)])],
        });
        Assert.DoesNotContain("NaN", odd, StringComparison.Ordinal);
        Assert.Contains("True class", odd, StringComparison.Ordinal);
        Assert.Contains("The 40 lowest of 50 classes", odd, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_the_same_twice() => Assert.Equal(page, ReportHtml.Render(ReportSample.Input()));
}
