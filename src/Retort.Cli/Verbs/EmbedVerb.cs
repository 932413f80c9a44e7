using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Cli.Screens;
using Retort.Evaluation;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli.Verbs;

internal static class EmbedVerb
{
    private const int UsualPairs = 10, ShownLetters = 60;

    private const string Lesson = """
        Examples:
          retort embed runs/sentences/student < questions.txt
          retort embed ./student --json < questions.txt > vectors.jsonl
          retort embed hf:ORG/NAME --pairs 20 < questions.txt

        Standard input has a text a line; empty lines are passed over. A vector is the mean of the last hidden states over the
        text's tokens, through the layer behind it where the model has one, of length 1; so a product of two is their cosine.
        Shown are the pairs that are most alike. --json gives one line for each text: {"line": 1, "text": …, "embedding": […]}.
        A model is an encoder, or a language model, of which the plain mean is taken. A text longer than the model's positions is
        refused before anything is computed; --cut cuts it, and says so. It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var model = new Argument<string>("MODEL") { Description = "A model: " + ModelOptions.ModelText };
        var pairs = new Option<int>("--pairs")
        {
            Description = $"Pairs that are shown (default: {UsualPairs}).", HelpName = "N", DefaultValueFactory = _ => UsualPairs,
        };
        var threads = new Option<int>("--threads") { Description = "Threads that compute (default: one a processor).", HelpName = "N" };
        var cut = new Option<bool>("--cut") { Description = "Texts that are too long are cut." };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("embed", "Makes one vector of each text, and shows which texts are alike.", Lesson)
        {
            model, pairs, cut, threads, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                if (parsed.GetValue(pairs) < 1)
                    throw new RetortException("--pairs", $"{parsed.GetValue(pairs)} pairs.", "1 or more.");
                using var device = new CpuDevice(parsed.GetValue(threads));
                using var embedder = SentenceModel.Open(ModelOptions.Local(parsed.GetValue(model)!, surroundings), device);
                var lines = Lines(surroundings.Input);
                var cuts = parsed.GetValue(cut);
                int[][] tokens = [.. lines.Select(line => embedder.Tokens(line.Text, $"line {line.Number}", cuts))];
                if (cuts && tokens.Count(ids => ids.Length == embedder.Longest) is > 0 and var longest)
                    surroundings.Error.WriteLine($"{longest} of {lines.Count} texts fill the {embedder.Longest} positions, or were cut.");
                var values = new List<float>();
                foreach (var (line, ids) in lines.Zip(tokens))
                {
                    surroundings.Cancellation.ThrowIfCancellationRequested();
                    var vector = embedder.Embed(ids);
                    if (screen.Json) surroundings.Output.WriteLine(Row(line.Number, line.Text, vector));
                    else values.AddRange(vector);
                }
                if (!screen.Json) Show(screen, lines, new SentenceVectors([.. values], lines.Count), parsed.GetValue(pairs));
                return ExitCode.Done;
            });
        });
        return verb;
    }

    private static List<(int Number, string Text)> Lines(TextReader input)
    {
        var lines = new List<(int, string)>();
        for (var number = 1; input.ReadLine() is { } text; number++)
            if (!string.IsNullOrWhiteSpace(text)) lines.Add((number, text));
        return lines.Count > 0 ? lines : throw new RetortException("standard input", "has no text.", "a text a line.",
            "for instance: retort embed MODEL < questions.txt");
    }

    private static void Show(Screen screen, List<(int Number, string Text)> lines, SentenceVectors vectors, int shown)
    {
        screen.Say($"{lines.Count} texts, vectors of {vectors.Width} numbers");
        if (lines.Count < 2) return;
        var nearest = new PriorityQueue<(int One, int Other), (double Cosine, int Earlier)>();
        for (var other = 1; other < lines.Count; other++)
            for (var one = 0; one < other; one++)
            {
                nearest.Enqueue((one, other), (vectors.Cosine(one, other), -other)); // of pairs alike the first ones stay
                if (nearest.Count > shown) nearest.Dequeue();
            }
        var rows = new List<string[]>();
        while (nearest.TryDequeue(out var pair, out var place))
            rows.Insert(0, [place.Cosine.ToString("0.0000", CultureInfo.InvariantCulture), Short(lines[pair.One]), Short(lines[pair.Other])]);
        screen.Table(["cosine", "text", "text"], rows);
    }

    private static string Short((int Number, string Text) line) =>
        $"{line.Number}: {(line.Text.Length <= ShownLetters ? line.Text : line.Text[..ShownLetters] + "…")}";

    private static string Row(int number, string text, float[] vector)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("line", number);
            json.WriteString("text", text);
            json.WriteStartArray("embedding");
            foreach (var value in vector) json.WriteNumberValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
