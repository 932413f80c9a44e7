using Retort.Data.Text;
using Retort.Nn;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors;
using Retort.Training;

namespace Retort.Sources;

/// <summary>
/// On-policy batches: a draw decides whether the prompts of an update are answered anew, by the student as it is (Agarwal et al. 2024, GKD,
/// arXiv 2306.13649, algorithm 1) or, as the control, by its teacher. An adaptive share rises by 0.1 when the validation loss has risen by
/// 0.1 or more, and answers are used again the less, the higher it has risen (Ko et al. 2024, DistiLLM, arXiv 2402.03898, section 3.2).
/// </summary>
/// <param name="recipe">Share, source, replay.</param>
/// <param name="sampling">How answers are drawn.</param>
/// <param name="data">Tokenizer and context.</param>
/// <param name="steps">Updates in all.</param>
/// <param name="seed">Of the draws.</param>
/// <param name="times">Where the seconds of writing go.</param>
/// <param name="teacher">Who answers where the recipe's source is the teacher; else null.</param>
public sealed class OnPolicyAnswers(OnPolicyRecipe recipe, SamplingRecipe sampling, TextData data, long steps, Seed seed, WorkTimes times,
    Gpt? teacher = null) : IStudentGenerator
{
    private const double LossRise = 0.1, ShareRise = 0.1;

    private readonly Schedule _share = ObjectiveBuilder.ScheduleOf(recipe.Share, steps);
    private readonly Seed _turns = seed.Derive("on-policy"), _draws = seed.Derive("generate"), _again = seed.Derive("replay");
    private readonly ReplayBuffer _replay = new(recipe.Replay?.Capacity ?? 0, recipe.Replay?.Staleness ?? 0);
    private double _risen, _lastLoss = double.PositiveInfinity;

    /// <summary>Probability that an update is on-policy.</summary>
    /// <param name="update">From 0.</param>
    public double ShareAt(long update) => update < recipe.WarmUpSteps ? 0 : Math.Min(1, _share.At(update) + _risen);

    public Batch Next(long update, Module student, Batch given)
    {
        if (_turns.UniformDouble((ulong)update) >= ShareAt(update)) return given;
        var asked = given.Text!.Texts;
        var answers = Again(update, asked.Count) ?? times.Generating(() => Written(update, teacher ?? (Gpt)student, asked));
        var rows = Packing.Rows([.. answers.Select(answer => answer.Tokens.Length)], data.ContextLength);
        var block = new TokenBlock(rows.Length, data.ContextLength);
        block.Fill([.. rows.Select(row => (IReadOnlyList<TextDocument>)[.. row.Select(number => answers[number])])]);
        return new Batch(rows.Length, 0, 0, 0)
        {
            Count = rows.Length, Text = block, Author = teacher is null ? Author.Student : Author.Teacher,
        };
    }

    public void Measured(double loss)
    {
        if (recipe.Schedule == "adaptive" && loss >= _lastLoss + LossRise) _risen = Math.Min(1, _risen + ShareRise);
        _lastLoss = loss;
    }

    public byte[] Remembered()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(_risen);
        writer.Write(_lastLoss);
        _replay.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    public void Recall(byte[] remembered)
    {
        using var reader = new BinaryReader(new MemoryStream(remembered));
        (_risen, _lastLoss) = (reader.ReadDouble(), reader.ReadDouble());
        _replay.Read(reader);
    }

    private IReadOnlyList<TextDocument>? Again(long update, int count) =>
        recipe.Replay is { } replay && _again.UniformDouble((ulong)update) < replay.Reuse * (1 - _risen)
            ? _replay.Draw(update, count, _again.Derive((ulong)update))
            : null;

    private TextDocument[] Written(long update, Gpt writer, IReadOnlyList<TextDocument> asked)
    {
        var answering = new Answering(data, sampling.Temperature == 0
            ? null
            : new Sampling { Temperature = sampling.Temperature, TopP = sampling.TopP, TopK = sampling.TopK },
            _draws.Derive((ulong)update));
        var answers = new TextDocument[asked.Count];
        foreach (var group in Answering.Groups(asked))
            foreach (var (place, answer) in answering.Of(writer, asked, group, newTokens: sampling.MaxNewTokens).Index())
                answers[group[place]] =
                    ReplayBuffer.Answered($"answer in update {update + 1}", asked[group[place]].Prompt, answer.Tokens);
        if (recipe.Replay is not null) _replay.Add(update, answers);
        return answers;
    }
}
