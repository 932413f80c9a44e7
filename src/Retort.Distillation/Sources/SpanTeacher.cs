using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Objectives.Sequence;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;
using Retort.Training;

namespace Retort.Sources;

/// <summary>A language model of a folder that reads the student's texts in its own tokens, frozen and in evaluation mode.</summary>
public sealed class SpanTeacher : ISpanTeacher, IDisposable
{
    private readonly LanguageCheckpoint _checkpoint;
    private readonly Translation _translation;
    private readonly int _context;

    private SpanTeacher(LanguageCheckpoint checkpoint, TextTokenizer tokenizer, TextTokenizer own)
    {
        (_checkpoint, Tokenizer, _translation) = (checkpoint, tokenizer, new Translation(own, tokenizer));
        _context = checkpoint.Model.Sizes.Positions;
    }

    public Gpt Model => _checkpoint.Model;
    public TextTokenizer Tokenizer { get; }

    /// <summary>How far the two tokenizers agree on the training texts, one sentence.</summary>
    public string Agreement { get; private set; } = "";

    /// <param name="folder">In the Hugging Face layout, with its tokenizer.</param>
    /// <param name="data">What it will be asked about, in the student's tokens.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="RetortException">A text is too long in its tokens, or none is the same text.</exception>
    public static SpanTeacher Open(string folder, TextData data, Device device)
    {
        var tokenizer = TextTokenizer.Open(folder);
        var teacher = new SpanTeacher(LanguageCheckpoint.Load(folder, device), tokenizer, data.Tokenizer);
        try
        {
            if (teacher.Model.Sizes.Vocabulary < tokenizer.Tokenizer.Size)
                throw new RetortException(folder,
                    $"its tokenizer has {tokenizer.Tokenizer.Size} tokens, and the model knows {teacher.Model.Sizes.Vocabulary}.",
                    "a tokenizer that the model was trained with.");
            teacher.Agreement = teacher.Compare(folder, data);
            teacher.Model.Weights.Freeze(DataType.Float32);
            return teacher;
        }
        catch
        {
            teacher.Dispose();
            throw;
        }
    }

    /// <summary>The test texts in its tokens, as it is examined on them, with room for longer answers.</summary>
    public TextData Translated(TextData data)
    {
        TextDocument[] documents = [.. data.Test.Documents.Select(document => _translation.Of(document).Document)];
        var longest = documents.Max(document => document.Tokens.Length);
        return data with
        {
            Test = data.Test with { Documents = documents }, Tokenizer = Tokenizer, ContextLength = Math.Min(_context, 2 * longest),
        };
    }

    public TeacherSpans Answer(Step step, IReadOnlyList<TextDocument> texts)
    {
        var firsts = new int[texts.Count + 1];
        for (var i = 0; i < texts.Count; i++) firsts[i + 1] = firsts[i] + texts[i].Targets;
        // an answer that the student wrote may be no text, or a long one
        (TranslatedText Text, int Place)[] read = [.. texts.Select((text, place) => (_translation.Of(text), place))
            .Where(one => one.Item1.Spans.Count > 0 && one.Item1.Document.Tokens.Length <= _context)];
        if (read.Length == 0) return new TeacherSpans(default, [], [], _translation.TeacherOf);
        int[] lengths = [.. read.Select(one => one.Text.Document.Tokens.Length)];
        var rows = Packing.Rows(lengths, lengths.Max());
        var block = new TokenBlock(rows.Length, lengths.Max());
        block.Fill([.. rows.Select(row => (IReadOnlyList<TextDocument>)[.. row.Select(number => read[number].Text.Document)])]);
        var spans = new List<AlignedSpan>();
        var first = 0;
        foreach (var (text, place) in rows.SelectMany(row => row).Select(number => read[number]))
        {
            var (student, teacher) = (RowsOf(texts[place], firsts[place]), RowsOf(text.Document, first));
            spans.AddRange(text.Spans.Select(span => new AlignedSpan(student[span.StudentStart], student[span.StudentEnd - 1] + 1,
                teacher[span.TeacherStart], teacher[span.TeacherEnd - 1] + 1)));
            first += text.Document.Targets;
        }
        var places = block.Counted(..);
        var shape = new Shape(block.Rows, block.Length);
        var tokens = new int[places.Length];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = block.Next(..)[places[i]];
        var (its, documents) = (step.Constant(shape, block.Tokens(..)), step.Constant(shape, block.Documents(..)));
        return new TeacherSpans(step.Frozen(() => new TeacherHead(step.Embedding(
                Gpt.Rows(step, Model.States(step, its, documents, packed: true)), step.Constant(new Shape(places.Length), places.AsSpan())),
            Model.Head.Part(0, new Shape(Tokenizer.Tokenizer.Size, Model.Head.Shape[1])))), tokens, spans, _translation.TeacherOf);
    }

    public void Dispose() => _checkpoint.Dispose();

    /// <summary>[tokens] the row of each that is to be said.</summary>
    private static int[] RowsOf(TextDocument document, int first)
    {
        var rows = new int[document.Tokens.Length];
        for (var token = 0; token < rows.Length; token++)
            if (document.Learnt[token]) rows[token] = first++;
        return rows;
    }

    /// <summary>Lengths are looked at in all texts, how far the two agree in those of the training part alone.</summary>
    private string Compare(string folder, TextData data)
    {
        foreach (var document in data.Train.Documents.Concat(data.Test.Documents))
            if (_translation.Of(document).Document.Tokens.Length is var length && length > _context)
                throw new RetortException(document.Place,
                    $"is {length} tokens for the teacher in {folder}, which knows {_context} positions.",
                    "texts that it can read whole: nothing is cut silently.", "remove the row.");
        TranslatedText[] texts = [.. data.Train.Documents.Select(_translation.Of)];
        if (texts.All(text => text.Spans.Count == 0))
            throw new RetortException(folder, $"none of the {texts.Length} training texts is the same text in its tokens.",
                "a tokenizer that keeps what it reads.", "let the student learn the teacher's texts: labels: {kind: text}.");
        var aligned = texts.Sum(text => text.Spans.Sum(span => span.StudentEnd - span.StudentStart)) / (double)data.Train.Targets;
        return string.Create(CultureInfo.InvariantCulture,
            $"{100 * aligned:0.0} % of the student's tokens lie in spans that both have, {100 * texts.Average(text => text.MatchedText):0.0} % of the text in spans of one token each; the teacher has {100 * _translation.SharedTokens:0.0} % of the student's {_translation.TeacherOf.Length:N0} tokens");
    }
}
