using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Labels.Sequences;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Sources;

/// <summary>
/// What a language model says after each token of the training texts, where something is to be said: asked once, kept in the store of
/// labels of documents, read from there while the student learns.
/// </summary>
public sealed class TokenLabelling(Recipe recipe, TextData data, string teacherFolder, Device device, IProgress<StageProgress> progress)
{
    /// <summary>Documents that are answered together: always the same, so that a run that was stopped ends in the same bytes.</summary>
    private const int GroupSize = 16;

    private const long ChunkElements = 1 << 22;

    /// <summary>What the store claims to hold: a store that claims something else is refused.</summary>
    public SequenceLabelDescription Description { get; } = Describe(recipe, data, LanguageCheckpoint.Hash(teacherFolder),
        recipe.Labels.Kind == "hidden" ? CausalConfig.Read(Path.Combine(teacherFolder, CausalConfig.File)).HiddenSize : 0);

    /// <summary>What the labels will take, one sentence.</summary>
    public string Cost => CostOf(Description, data);

    /// <summary>The same before there is a teacher.</summary>
    /// <param name="recipe">Says what is kept.</param>
    /// <param name="data">What is asked about.</param>
    /// <param name="width">Of the teacher's hidden states.</param>
    public static string CostOf(Recipe recipe, TextData data, int width) => CostOf(Describe(recipe, data, "", width), data);

    /// <summary>Asks about every document that has no labels yet.</summary>
    /// <param name="teacher">Who answers.</param>
    /// <param name="folder">The label store.</param>
    /// <param name="cancellation">Stops between groups of documents; what was answered stays.</param>
    /// <exception cref="RetortException">The store holds labels of something else.</exception>
    public void Write(Gpt teacher, string folder, CancellationToken cancellation)
    {
        using var writer = SequenceLabelWriter.Open(folder, Description);
        var (documents, answers) = (data.Train.Documents, writer.NewDocument());
        using var step = new Step(device, "labels");
        progress.Report(new StageProgress("label", "labels", writer.NextDocument, documents.Count, Cost));
        for (var first = writer.NextDocument / GroupSize * GroupSize; first < documents.Count; first += GroupSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var group = new TokenGroup(step, teacher, [.. documents.Skip(first).Take(GroupSize)], Description.Vocabulary);
            for (var i = 0; i < group.Documents.Count; i++)
            {
                var (tokens, learnt, missing) = (group.Documents[i].Tokens, group.Documents[i].Learnt, first + i == writer.NextDocument);
                if (missing) answers.Begin(first + i, ExampleKey.Of(tokens), tokens);
                for (var token = 0; token < tokens.Length; token++)
                {
                    if (token + 1 == tokens.Length || !learnt[token + 1])
                    {
                        if (missing) answers.AddUnlabelled();
                        continue;
                    }
                    var says = Description.Width > 0 ? group.NextHidden() : group.Next();
                    if (!missing) continue;
                    if (Description.Width > 0) answers.AddValues(says);
                    else answers.AddLogits(says);
                }
                if (missing) writer.Append(answers);
            }
            writer.Flush();
            progress.Report(new StageProgress("label", "labels", writer.NextDocument, documents.Count));
        }
    }

    /// <summary>The answers, memory-mapped.</summary>
    /// <param name="folder">The label store.</param>
    /// <exception cref="RetortException">They are labels of something else, or not whole.</exception>
    public SequenceLabelReader Open(string folder) => SequenceLabelReader.Open(folder, Description, accepted: recipe.Labels.Accept);

    /// <summary>What they took, one sentence.</summary>
    public static string Measured(SequenceLabelReader labels)
    {
        var (all, rows) = ((double)labels.FileBytes / labels.Tokens, (double)labels.PayloadBytes / labels.Tokens);
        return string.Create(CultureInfo.InvariantCulture,
            $"{labels.Tokens:N0} tokens take {labels.FileBytes:N0} bytes: {all:0.0} a token, {rows:0.0} of them rows");
    }

    private static string CostOf(SequenceLabelDescription description, TextData data) =>
        SequenceLabelCost.Describe(description, data.Train.Tokens);

    private static SequenceLabelDescription Describe(Recipe recipe, TextData data, string teacherHash, int width) => new()
    {
        Codec = recipe.Labels switch
        {
            { Draws: > 0 } => SequenceCodec.Sampled,
            { Kind: "hidden" } => SequenceCodec.DenseHalf,
            { Codec: "topk-f16" } => SequenceCodec.TopKHalf,
            _ => SequenceCodec.TopKByte,
        },
        Vocabulary = data.Tokenizer.Tokenizer.Size,
        Documents = data.Train.Count,
        MaximumTokens = data.Train.Documents.Max(document => document.Tokens.Length),
        Keep = recipe.Labels.Keep,
        Width = recipe.Labels.Kind == "hidden" ? width : 0,
        Draws = recipe.Labels.Draws,
        Teacher = recipe.Teacher.Members[0].Path,
        TeacherHash = teacherHash,
        DataHash = data.Train.Hash,
        TokenizerHash = data.Tokenizer.Hash,
        Seed = recipe.Seed,
        Licence = recipe.Teacher.Licence,
    };

    /// <summary>Logits after the tokens of some documents, a few rows at a time.</summary>
    private sealed class TokenGroup
    {
        private readonly Step _step;
        private readonly Gpt _teacher;
        private readonly float[] _hidden;
        private readonly int _vocabulary, _rows, _width;
        private float[] _logits = [];
        private int _next, _first, _end;

        public TokenGroup(Step step, Gpt teacher, IReadOnlyList<TextDocument> documents, int vocabulary)
        {
            (_step, _teacher, Documents, _vocabulary) = (step, teacher, documents, vocabulary);
            var block = new TokenBlock(documents.Count, documents.Max(document => document.Tokens.Length));
            block.Fill([.. documents.Select(document => (IReadOnlyList<TextDocument>)[document])]);
            var places = block.Counted(..);
            step.Begin(training: false);
            _hidden = step.Device.ToFloats(TokenPredictor.Hidden(step, teacher, block, places));
            (_rows, _width) = (places.Length, _hidden.Length / Math.Max(1, places.Length));
        }

        public IReadOnlyList<TextDocument> Documents { get; }

        /// <summary>[V] about the next token that is to be said. Rows of the teacher beyond the tokens are nobody's.</summary>
        public ReadOnlySpan<float> Next()
        {
            if (_next == _end) Compute();
            var all = _logits.Length / (_end - _first);
            return _logits.AsSpan((_next++ - _first) * all, _vocabulary);
        }

        /// <summary>[width] the hidden state before that token.</summary>
        public ReadOnlySpan<float> NextHidden() => _hidden.AsSpan(_next++ * _width, _width);

        private void Compute()
        {
            (_first, _end) = (_end, (int)Math.Min(_rows, _end + Math.Max(1, ChunkElements / _teacher.Sizes.Vocabulary)));
            _step.Begin(training: false);
            var hidden = _step.Constant(new Shape(_end - _first, _width), _hidden.AsSpan(_first * _width, (_end - _first) * _width));
            _logits = _step.Device.ToFloats(_step.Linear(hidden, _teacher.Head));
        }
    }
}
