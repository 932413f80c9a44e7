using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Traces;

/// <summary>
/// Prompts with right answers, and what a teacher once wrote about them. A prompt and all that was written about it are in one part; which
/// one the file says, or the seed. What does not fit into the context is left out and counted, never cut.
/// </summary>
internal static class TracesSource
{
    private const int ShareOfPart = 10;

    /// <summary>Groups of documents where a thought is a task of its own.</summary>
    public static readonly IReadOnlyList<string> Tasks = ["predict", "explain"];

    /// <param name="recipe">File, sizes, what is done with thoughts.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="seed">Which prompt is in which part.</param>
    /// <exception cref="RetortException">Rows are missing or malformed, or a part would be empty.</exception>
    public static TextData Read(DataRecipe recipe, string recipeFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        var all = TraceRow.Read(path, recipe.Slice, recipe.Expected).Where(row => row.Fields.Fit(recipe.Rows))
            .GroupBy(row => (row.Prompt, row.OfTest))
            .Select(same => same.First() with { Written = [.. same.SelectMany(row => row.Written).Distinct()] }).ToList();
        var own = BatchOrder.Permutation([.. Enumerable.Range(0, all.Count).Where(i => !all[i].OfTest)], seed, 0);
        var given = BatchOrder.Permutation([.. Enumerable.Range(0, all.Count).Where(i => all[i].OfTest)], seed, 1);
        var test = recipe.Test > 0 ? recipe.Test : given.Length > 0 ? given.Length : Math.Max(1, own.Length / ShareOfPart);
        var validation = recipe.Validation > 0 ? recipe.Validation : Math.Max(1, own.Length / ShareOfPart);
        var (taken, most) = (given.Length > 0 ? 0 : test, given.Length > 0 ? given.Length : own.Length);
        if (test > most || (long)taken + validation + Math.Max(1, recipe.Train) > own.Length)
            throw new RetortException(path, $"has {own.Length} prompts to learn from and {given.Length} to test on, for train {recipe.Train}, "
                + $"validation {validation} and test {test}.", "as many as there are.", "lower data.train, data.validation or data.test.");
        var train = recipe.Train > 0 ? recipe.Train : own.Length - taken - validation;
        int[] asked = [.. (given.Length > 0 ? given : own)[..test].Order()];
        var leaks = new PartLeaks(recipe.Leaks, path, row => all[row].Place, row => all[row].Prompt);
        var (learnt, chosen) = leaks.Kept([.. own[(taken + validation)..(taken + validation + train)].Order()],
            [.. own[taken..(taken + validation)].Order()], asked);
        var tokenizer = recipe.Tokenizer.Length > 0 ? TextTokenizer.Open(DataPath.FindFolder(recipe.Tokenizer, recipeFolder))
            : TextTokenizer.Trained(learnt.SelectMany(i =>
                all[i].Written.Select(text => text.Text).Append(all[i].Prompt).Append(all[i].Expected)), recipe.Vocabulary);
        var (reading, check) = (new Reading(recipe, tokenizer), AnswerCheckOf.Recipe(recipe, recipeFolder));
        TraceRow[] Rows(IEnumerable<int> part) => [.. part.Select(i => all[i]).Where(reading.Fits)];
        TraceRow[] taught = Rows(learnt), tested = Rows(asked), held = Rows(chosen);
        var lengths = new LengthSlices(taught.Select(row => row.Prompt));
        string[] Slices(TraceRow[] rows) => [.. rows.Select(row => row.Slice ?? lengths.Of(row.Prompt))];
        var data = new TextData(reading.Truths(taught), reading.Truths(held), reading.Truths(tested), tokenizer, recipe.ContextLength)
        {
            Check = check,
            Asked = reading.Asked(taught),
            OfThoughts = reading.Written(held),
            Recorded = reading.Recorded([.. taught.Select(row => row.Written)]),
            RecordedFrom = written =>
                reading.Recorded([.. written.Select(texts => texts.Select(text => new TeacherText("", text)).ToArray())]),
            PromptsOfTrain = [.. taught.Select(row => TextPrompt.Of(row.Prompt))],
            PromptsOfValidation = [.. held.Select(row => TextPrompt.Of(row.Prompt))],
            PromptsOfTest = [.. tested.Select(row => TextPrompt.Of(row.Prompt))],
            RecordedTextsOfTest = [.. tested.Select(reading.Said)],
            RecordedOfTest = [.. tested.Select(row => row.Written.Count == 0 ? null : reading.Traced(row.Written[0].Text)?.Said)],
            FieldsOfTrain = [.. taught.Select(row => row.Fields)],
            FieldsOfValidation = [.. held.Select(row => row.Fields)],
            FieldsOfTest = [.. tested.Select(row => row.Fields)],
            SlicesOfValidation = Slices(held),
            SlicesOfTest = Slices(tested),
        };
        return data with
        {
            Warnings = [.. leaks.Warnings, .. Counted(reading.TooLong, $"prompts do not fit into data.contextLength, {recipe.ContextLength}: they are left out"),
                .. Counted(reading.Unanswered, "of the teacher's texts come to no answer: they are left out")],
        };
    }

    private static IEnumerable<string> Counted(int count, string what) => count == 0 ? [] : [$"{count} {what}."];

    /// <summary>From rows to documents.</summary>
    private sealed class Reading(DataRecipe recipe, TextTokenizer tokenizer)
    {
        private readonly TextEncoder _encoder = new(tokenizer, recipe.ContextLength, cuts: false, TimeProvider.System);

        public int TooLong { get; private set; }
        public int Unanswered { get; private set; }
        private bool IsTask => recipe.Thought == "task";

        public bool Fits(TraceRow row)
        {
            if (_encoder.TryEncode(Row(row, Tasks[0], Answered(row.Expected))) is not null
                && (!IsTask || _encoder.TryEncode(Row(row, Tasks[1], "")) is not null)) return true;
            TooLong++;
            return false;
        }

        /// <summary>Each prompt with its right answer, and no thought.</summary>
        public TextPart Truths(IEnumerable<TraceRow> rows) =>
            new([.. rows.Select(row => _encoder.Encode(Row(row, Tasks[0], Answered(row.Expected))))], []);

        /// <summary>Prompts with the first text of the teacher that fits; right answers, where a thought is a task or none fits.</summary>
        public TextPart Written(IReadOnlyList<TraceRow> rows)
        {
            if (recipe.Thought != "keep") return Truths(rows);
            TextDocument[] written = [.. rows.Select(row => row.Written.Select(text => Traced(text.Text)).OfType<Trace>()
                .Select(trace => _encoder.TryEncode(Row(row, Tasks[0], trace.Written(keepsThought: true))))
                .FirstOrDefault(document => document is not null)).OfType<TextDocument>()];
            return written.Length > 0 ? new TextPart(written, []) : Truths(rows);
        }

        /// <summary>Prompts of the teacher's texts; where thoughts are a task, those that ask for them stand behind the others.</summary>
        public TextPart Asked(IReadOnlyList<TraceRow> rows)
        {
            var answers = Truths(rows);
            return !IsTask ? answers : new TextPart([.. answers.Documents,
                .. rows.Select(row => _encoder.Encode(Row(row, Tasks[1], "")) with { Group = 1 })], Tasks);
        }

        /// <summary>[asked] what the teacher wrote.</summary>
        public IReadOnlyList<IReadOnlyList<RecordedText>> Recorded(IReadOnlyList<IReadOnlyList<TeacherText>> written)
        {
            (string Teacher, Trace? Trace)[][] all =
                [.. written.Select(texts => texts.Select(text => (text.Teacher, Traced(text.Text))).ToArray())];
            Unanswered += all.Sum(some => some.Count(one => one.Trace is null));
            IReadOnlyList<RecordedText>[] Texts(Func<Trace, string> text) => [.. all.Select(some => some.Where(one => one.Trace is not null)
                .Select(one => new RecordedText(text(one.Trace!), one.Trace!.Said, one.Teacher)).ToArray())];
            return IsTask ? [.. Texts(trace => trace.Said), .. Texts(trace => trace.Thought)]
                : [.. Texts(trace => trace.Written(recipe.Thought == "keep")).Select(some => some.Distinct().ToArray())];
        }

        /// <summary>What was written about a prompt, for its final answers.</summary>
        public IReadOnlyList<RecordedText> Said(TraceRow row) => [.. row.Written.Select(text => (text.Teacher, Trace: Traced(text.Text)))
            .Where(one => one.Trace is not null).Select(one => new RecordedText(one.Trace!.Said, one.Trace.Said, one.Teacher))];

        /// <summary>Null = the text comes to no answer.</summary>
        public Trace? Traced(string written) =>
            Trace.Of(written) ?? (AnswerCheckOf.TakesWholeTexts(recipe) ? Trace.Whole(written) : null);

        private string Answered(string expected) => IsTask ? expected : new Trace("", expected).Written(keepsThought: false);

        private TextRow Row(TraceRow row, string task, string completion) => new(row.Place)
        {
            Prompt = (IsTask ? $"{task}: " : "") + row.Prompt + "\n", Completion = completion,
        };
    }
}
