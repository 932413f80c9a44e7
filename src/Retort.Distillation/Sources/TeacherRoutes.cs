using System.Globalization;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// Several teachers by language, topic or whatever a row says about itself: the first whose rule fits teaches it, one without a rule takes
/// the rest, and a row that no rule fits is learnt from nobody.
/// </summary>
public sealed class TeacherRoutes(IReadOnlyList<TeacherMember> members)
{
    private bool IsOne => members is [{ Name: "", When.Count: 0 }];

    /// <summary>Number of the member; null = nobody.</summary>
    public int? Of(RowFields row)
    {
        for (var i = 0; i < members.Count; i++)
            if (row.Fit(members[i].When)) return i;
        return null;
    }

    /// <summary>[rows] places of the rows of one member; all of them where it is alone.</summary>
    public int[] RowsOf(int member, IReadOnlyList<RowFields> rows, int count) =>
        [.. Enumerable.Range(0, count).Where(row => IsOne || Of(rows[row]) == member)];

    private int[] RowsOf(int member, IReadOnlyList<RowFields> rows) => RowsOf(member, rows, rows.Count);

    /// <summary>Of what was written before this run, to each row what its teacher wrote.</summary>
    /// <exception cref="RetortException">A teacher wrote nothing at all.</exception>
    public TextData Recorded(TextData data)
    {
        if (IsOne || members[0].Source != "recorded" || data.Recorded is not { } recorded) return data;
        var names = recorded.Concat(data.RecordedTextsOfTest).SelectMany(texts => texts).Select(text => text.Teacher).Distinct().ToList();
        if (members.FirstOrDefault(member => member.Name.Length > 0 && !names.Contains(member.Name)) is { } stranger)
            throw new RetortException("teacher.members", $"no row has a text of the teacher '{stranger.Name}'.",
                names is [] or [""] ? "rows with teachers: {NAME: text}." : $"one of: {string.Join(", ", names)}.",
                NearestName.Suggest(stranger.Name, names));
        IReadOnlyList<RecordedText> Own(IReadOnlyList<RecordedText> texts, RowFields row) => Of(row) is not { } member ? []
            : [.. texts.Where(text => members[member].Name.Length == 0 || text.Teacher == members[member].Name)];
        var rows = data.FieldsOfTrain; // where thoughts are a task, the prompts that ask for them stand behind the others
        return data with
        {
            Recorded = [.. recorded.Select((texts, i) => Own(texts, rows[i % rows.Count]))],
            RecordedOfTest = [.. data.RecordedTextsOfTest.Select((texts, i) =>
                Own(texts, data.FieldsOfTest[i]) is [var first, ..] ? first.Final : null)],
        };
    }

    /// <summary>The prompts of one member, for it to be asked.</summary>
    public TextData Part(TextData data, int member)
    {
        if (IsOne) return data;
        var (train, held) = (RowsOf(member, data.FieldsOfTrain), RowsOf(member, data.FieldsOfValidation));
        var test = RowsOf(member, data.FieldsOfTest);
        return data with
        {
            Validation = data.Validation with { Documents = [.. held.Select(row => data.Validation.Documents[row])] },
            PromptsOfTrain = [.. train.Select(row => data.PromptsOfTrain[row])],
            PromptsOfValidation = [.. held.Select(row => data.PromptsOfValidation[row])],
            SlicesOfValidation = data.SlicesOfValidation.Count == 0 ? [] : [.. held.Select(row => data.SlicesOfValidation[row])],
            PromptsOfTest = [.. test.Select(row => data.PromptsOfTest[row])],
        };
    }

    /// <summary>"German: 45 of 90 rows, Hebrew: 40, nobody: 5"; null = there is one teacher of all.</summary>
    public string? Describe(IReadOnlyList<RowFields> rows)
    {
        if (IsOne) return null;
        var counts = rows.CountBy(row => Of(row) ?? members.Count).ToDictionary();
        return string.Join(", ", members.Select(NameOf).Append("nobody").Select((name, i) => (name, Rows: counts.GetValueOrDefault(i)))
            .Where((one, i) => i < members.Count || one.Rows > 0).Select((one, i) => string.Create(CultureInfo.InvariantCulture,
                $"{one.name}: {one.Rows:N0}{(i == 0 ? string.Create(CultureInfo.InvariantCulture, $" of {rows.Count:N0} rows") : "")}")));
    }

    public static string NameOf(TeacherMember member) =>
        member.Name.Length > 0 ? member.Name : member.Chat?.Model ?? member.Source;
}
