using System.Globalization;
using Retort.Tensors;

namespace Retort.Export;

/// <summary>How far the answers of a file that was written may lie from those of the model.</summary>
/// <param name="Difference">Largest difference of a number, over the largest number.</param>
/// <param name="Lost">As <see cref="RoundTrip.Lost"/>.</param>
/// <param name="SentenceDistance">As <see cref="RoundTrip.SentenceDistance"/>.</param>
public readonly record struct RoundTripBound(double Difference, double Lost, double SentenceDistance = 0.05)
{
    /// <summary>Nothing was rounded but what sums round.</summary>
    public static RoundTripBound Same => new(1e-4, 1e-6, 1e-4);

    /// <param name="type">float32, float16 or bfloat16 of a checkpoint, or a precision of GGUF.</param>
    public static RoundTripBound Of(string type) => type switch
    {
        "float32" or "f32" => Same,
        "float16" or "f16" => new(double.PositiveInfinity, 1e-4),
        "bfloat16" or "bf16" => new(double.PositiveInfinity, 2e-3),
        "q8_0" => new(double.PositiveInfinity, 5e-3),
        _ => new(double.PositiveInfinity, 0.3),
    };
}

/// <summary>What an export answered when it was read back, beside the model that it was written from.</summary>
/// <param name="Format">Of the export.</param>
/// <param name="Answers">How many were compared: tokens of a few texts, or examples.</param>
/// <param name="Difference">Largest difference of a number, over the largest number of the model.</param>
/// <param name="Divergence">Mean KL(model ‖ file) in nats an answer, at T = 1.</param>
/// <param name="Lost">
/// Divergence over KL(model ‖ uniform): the share that was lost of what the model knows. Rounding loses a little of a model whatever its
/// size and sharpness; a file that holds another model loses all of it, and more.
/// </param>
/// <param name="SameLikeliest">Share of answers whose likeliest token or class is the same.</param>
public sealed record RoundTrip(string Format, int Answers, double Difference, double Divergence, double Lost, double SameLikeliest)
{
    /// <param name="format">Of the export.</param>
    /// <param name="model">Logits [answers, width].</param>
    /// <param name="file">As the model's.</param>
    /// <param name="width">Tokens or classes; 1 where a number is predicted.</param>
    public static RoundTrip Compare(string format, ReadOnlySpan<float> model, ReadOnlySpan<float> file, int width)
    {
        if (model.Length != file.Length || model.Length == 0)
            throw new RunFailedException(format, $"the file answers with {file.Length} numbers, the model with {model.Length}.", "as many.");
        var answers = model.Length / width;
        double largest = 0, scale = 0, divergence = 0, knowledge = 0;
        var same = 0;
        for (var answer = 0; answer < answers; answer++)
        {
            ReadOnlySpan<float> wanted = model.Slice(answer * width, width), found = file.Slice(answer * width, width);
            double wantedSum = LogSum(wanted), foundSum = LogSum(found);
            int wantedBest = 0, foundBest = 0;
            for (var i = 0; i < width; i++)
            {
                if (!float.IsFinite(found[i]))
                    throw new RunFailedException(format, $"answer {answer} of the file holds {found[i]}.", "finite numbers.");
                (largest, scale) = (Math.Max(largest, Math.Abs((double)wanted[i] - found[i])), Math.Max(scale, Math.Abs(wanted[i])));
                var logProbability = wanted[i] - wantedSum;
                var probability = Math.Exp(logProbability);
                divergence += probability * (logProbability - (found[i] - foundSum));
                knowledge += probability * (logProbability + Math.Log(width));
                if (wanted[i] > wanted[wantedBest]) wantedBest = i;
                if (found[i] > found[foundBest]) foundBest = i;
            }
            if (wantedBest == foundBest) same++;
        }
        divergence = Math.Max(0, divergence);
        var lost = divergence < 1e-9 * answers ? 0 : divergence / Math.Max(knowledge, double.Epsilon);
        return new(format, answers, largest == 0 ? 0 : largest / Math.Max(scale, double.Epsilon), divergence / answers, lost,
            (double)same / answers);
    }

    /// <summary>Largest distance of an embedding of a text from the model's, both of length 1; null = there are none.</summary>
    public double? SentenceDistance { get; init; }

    /// <param name="model">Embeddings [texts, width] of length 1.</param>
    /// <param name="file">As the model's.</param>
    /// <param name="texts">How many.</param>
    public RoundTrip WithSentences(ReadOnlySpan<float> model, ReadOnlySpan<float> file, int texts)
    {
        if (model.Length != file.Length || model.Length == 0)
            throw new RunFailedException(Format, $"the file's embeddings have {file.Length} numbers, the model's {model.Length}.", "as many.");
        var (width, largest) = (model.Length / texts, 0.0);
        for (var text = 0; text < texts; text++)
        {
            var square = 0.0;
            for (var i = text * width; i < (text + 1) * width; i++) square += Math.Pow((double)model[i] - file[i], 2);
            if (!double.IsFinite(square))
                throw new RunFailedException(Format, $"the file's embedding of text {text} holds what is no number.", "finite numbers.");
            largest = Math.Max(largest, Math.Sqrt(square));
        }
        return this with { SentenceDistance = largest };
    }

    /// <exception cref="RunFailedException">The file does not answer like the model.</exception>
    public RoundTrip Within(string path, RoundTripBound bound)
    {
        if (Difference <= bound.Difference && Lost <= bound.Lost && !(SentenceDistance > bound.SentenceDistance)) return this;
        throw new RunFailedException(path, Text($"read back, the file answers otherwise than the model: {ToString()}."),
            Text($"a difference of at most {bound.Difference:g3}, and at most {bound.Lost:p1} of what the model knows lost")
                + (SentenceDistance is null ? "." : Text($"; embeddings at most {bound.SentenceDistance:g3} apart.")),
            "the export is not to be used; a finer precision may do, else report this.");
    }

    public override string ToString() => Text(
        $"{Format}: {Answers} answers read back, KL {Divergence:g3} nats ({Lost:p3} of what the model knows), ")
        + Text($"likeliest the same in {SameLikeliest:p1}, largest relative difference {Difference:g3}")
        + (SentenceDistance is { } distance ? Text($", embeddings at most {distance:g3} apart") : "");

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
