using System.Globalization;
using System.Text.Json;
using Retort.Data;
using Retort.Data.Text;
using Retort.Labels;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

/// <summary>Several teachers by rules: the first that fits, the rest, and nobody.</summary>
public sealed class TeacherRoutesTests
{
    private static readonly TeacherMember German = Member("anna", new RowCondition("language", ["de"])), Rest = Member("bert");

    /// <summary>40 prompts in three languages; anna and bert wrote about each, carl's text counts as right.</summary>
    private static string Rows { get; } = string.Concat(Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(new
    {
        prompt = $"Say {i}", language = new[] { "de", "he", "fr" }[i % 3],
        teachers = new Dictionary<string, object> { ["anna"] = $"anna says {i}", ["bert"] = new { thought = "", answer = $"bert says {i}" }, ["carl"] = $"carl {i}" },
    }) + "\n"));

    [Fact]
    public void EachRowHasTheFirstWhoseRuleFits()
    {
        var routes = new TeacherRoutes([German, Rest]);
        var data = Read();
        var routed = routes.Recorded(data);
        for (var row = 0; row < data.FieldsOfTrain.Count; row++)
        {
            var text = Assert.Single(routed.Recorded![row]);
            var number = int.Parse(data.PromptsOfTrain[row].Question[4..], CultureInfo.InvariantCulture);
            Assert.Equal($"<answer>{(number % 3 == 0 ? "anna" : "bert")} says {number}</answer>", text.Text);
        }
        Assert.All(routed.RecordedOfTest.Zip(data.PromptsOfTest.Select(prompt => prompt.Question)), pair =>
            Assert.Equal($"{(int.Parse(pair.Second[4..], CultureInfo.InvariantCulture) % 3 == 0 ? "anna" : "bert")} says {pair.Second[4..]}", pair.First));
        var german = data.PromptsOfTrain.Count(prompt => int.Parse(prompt.Question[4..], CultureInfo.InvariantCulture) % 3 == 0);
        Assert.Equal($"anna: {german} of 30 rows, bert: {30 - german}", routes.Describe(data.FieldsOfTrain));
    }

    [Fact]
    public void ARowThatNoRuleFitsIsLearntFromNobody()
    {
        var (routes, data) = (new TeacherRoutes([German]), Read());
        var routed = routes.Recorded(data);
        Assert.All(routed.Recorded!.Zip(data.FieldsOfTrain),
            pair => Assert.Equal(routes.Of(pair.Second) is null ? 0 : 1, pair.First.Count));
        Assert.Contains(", nobody: ", routes.Describe(data.FieldsOfTrain), StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        var note = new RecordedTexts(routed, new AnswersRecipe()).Write(folder.Path);
        Assert.StartsWith($"{routed.Recorded!.Sum(texts => texts.Count)} texts to 30 prompts; ", note, StringComparison.Ordinal);
        Assert.All(AnswerFile.Read(folder.Path).Answers, answer => Assert.Null(answer.Right)); // nobody can tell
    }

    [Fact]
    public void TheRightAnswerIsTheJudgesAndNoTeachers()
    {
        var data = Read();
        Assert.All(data.Recorded!, texts => Assert.Equal(["anna", "bert"], texts.Select(text => text.Teacher)));
        Assert.StartsWith("<answer>carl ", data.Tokenizer.Tokenizer.Decode(data.Test.Documents[0].Answer[..^1]), StringComparison.Ordinal);
        var error = Assert.Throws<RetortException>(() => Read(judge: "dora"));
        Assert.Contains("rows.jsonl:1  has no text of the teacher 'dora' (data.expected).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATeacherThatWroteNothingIsNamedWithThoseThatDid()
    {
        var error = Assert.Throws<RetortException>(() => new TeacherRoutes([German, Member("berta")]).Recorded(Read()));
        Assert.Contains("no row has a text of the teacher 'berta'.", error.Message, StringComparison.Ordinal);
        Assert.Contains("one of: anna, bert.", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'bert'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneTeacherOfAllChangesNothing()
    {
        var data = Read();
        Assert.Same(data, new TeacherRoutes([Member("")]).Recorded(data));
        Assert.Null(new TeacherRoutes([Member("")]).Describe(data.FieldsOfTrain));
    }

    /// <summary>What is asked of each: together every prompt once.</summary>
    [Fact]
    public void PartsAreWholeTogether()
    {
        var (routes, data) = (new TeacherRoutes([German, Rest]), Read());
        TextData[] parts = [routes.Part(data, 0), routes.Part(data, 1)];
        Assert.Equal(data.PromptsOfTrain.Select(prompt => prompt.Question).Order(),
            parts.SelectMany(part => part.PromptsOfTrain).Select(prompt => prompt.Question).Order());
        Assert.Equal(data.PromptsOfTest.Select(prompt => prompt.Question).Order(),
            parts.SelectMany(part => part.PromptsOfTest).Select(prompt => prompt.Question).Order());
        Assert.All(parts, part => Assert.Equal(part.PromptsOfValidation.Count, part.Validation.Count));
    }

    [Theory]
    [InlineData("[{source: recorded, name: a}, {source: recorded, name: b}]", "teacher.members[0] has no rule, and there are members behind it.")]
    [InlineData("[{source: recorded, when: {id: x}}, {source: recorded, name: b}]", "teacher.members[0] has no name.")]
    [InlineData("[{source: recorded, name: a, when: {id: x}}, {source: chat, chat: {endpoint: http://127.0.0.1:1/v1, model: m}}]",
        "teacher.members has sources recorded and chat.")]
    [InlineData("[{source: recorded, name: a, when: {}}]", "teacher.members[0].when is a group of keys.")]
    [InlineData("[{source: recorded, name: a, when: {id: [[x]]}}]", "teacher.members[0].when.id is a list of 1.")]
    [InlineData("[{source: recorded, name: a, when: {'a b': x}}]", "teacher.members[0].when has the field 'a b'.")]
    [InlineData("[{source: train, name: a, model: {kind: gpt}}]", "teacher.members[0].name does not belong to source train.")]
    public void RulesThatCannotBeFollowedAreRefused(string members, string error) => Assert.Contains(error,
        Assert.Throws<RetortException>(() => RecipeReader.Read($"name: t\ndata: {{source: traces, path: rows.jsonl}}\nteacher: {{members: {members}}}\n"
            + "student: {model: {kind: gpt, width: 16, layers: 1}}\n", "t.yaml")).Message, StringComparison.Ordinal);

    /// <summary>The resolved recipe says the same.</summary>
    [Fact]
    public void RulesAreWrittenAsTheyAreRead()
    {
        var recipe = RecipeReader.Read(Catalog.ReadShipped("two-languages").Text, "two-languages.yaml");
        var again = RecipeReader.Read(RecipeWriter.Write(recipe), "recipe.yaml");
        Assert.Equal(RecipeWriter.Write(recipe), RecipeWriter.Write(again));
        Assert.Equal(["tr-*2he-*", "tr-he2*"], again.Teacher.Members[0].When.Single().Values);
        Assert.Equal("gemma-4-26B-A4B", again.Data.Expected);
    }

    private static TeacherMember Member(string name, params RowCondition[] when) => new() { Source = "recorded", Name = name, When = when };

    private static TextData Read(string judge = "carl")
    {
        using var folder = new TemporaryFolder();
        folder.With("rows.jsonl", Rows);
        return TextDataReader.Read(new DataRecipe
        {
            Source = "traces", Path = "rows.jsonl", Thought = "strip", Check = "none", Expected = judge, ContextLength = 96, Vocabulary = 300,
            Train = 30, Validation = 5, Test = 5,
        }, folder.Path, null, 1);
    }
}
