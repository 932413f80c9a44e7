using Retort.Formats.Files;

namespace Retort.Formats.HuggingFace;

/// <summary>How a checkpoint's makers mean it to answer (generation_config.json); its file may be missing.</summary>
public sealed record GenerationConfig
{
    public const string File = "generation_config.json";

    /// <summary>Any of them ends an answer.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];
    public int? PadToken { get; init; }

    /// <summary>Draw answers; else the likeliest token is taken.</summary>
    public bool Sample { get; init; }
    public double Temperature { get; init; } = 1;

    /// <summary>0 = all tokens.</summary>
    public int TopK { get; init; }
    public double TopP { get; init; } = 1;
    public double MinP { get; init; }
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The file of a folder; null where there is none.</summary>
    /// <exception cref="FormatException">A value that makes no sense, or asks for what this version cannot do.</exception>
    public static GenerationConfig? Read(string folder)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path)) return null;
        var config = ConfigObject.Open(path);
        var read = new GenerationConfig
        {
            EndTokens = config.Tokens("eos_token_id"), PadToken = config.Tokens("pad_token_id") is [var pad, ..] ? pad : null,
            Sample = config.Flag("do_sample", false), Temperature = config.Real("temperature", 0, 1),
            TopK = config.Whole("top_k", int.MaxValue, 0, least: 0), TopP = config.Real("top_p", 0, 1), MinP = config.Real("min_p", 0, 0),
            RepetitionPenalty = config.Real("repetition_penalty", 0, 1),
        };
        Must(read.Temperature > 0 || !read.Sample, "temperature", read.Temperature, "above 0 where do_sample is true");
        Must(read.TopP is > 0 and <= 1, "top_p", read.TopP, "above 0, at most 1");
        Must(read.MinP <= 1, "min_p", read.MinP, "from 0 to 1");
        Must(read.RepetitionPenalty > 0, "repetition_penalty", read.RepetitionPenalty, "above 0");
        if (config.Whole("num_beams", int.MaxValue, 1) != 1) throw config.Refused("num_beams", "above 1", "1: one answer at a time");
        config.PassOver("bos_token_id", "transformers_version", "_from_model_config", "use_cache", "cache_implementation", "max_length",
            "max_new_tokens", "output_attentions", "output_hidden_states", "trust_remote_code");
        config.RefuseUnread();
        return read;

        void Must(bool holds, string key, double value, string expected)
        {
            if (!holds) throw config.Refused(key, $"{value:R}", expected);
        }
    }

    public void Write(string folder) => AtomicFile.WriteText(Path.Combine(folder, File), CausalConfigWriter.Text(json =>
    {
        CausalConfigWriter.WriteTokens(json, "eos_token_id", EndTokens);
        if (PadToken is { } pad) json.WriteNumber("pad_token_id", pad);
        json.WriteBoolean("do_sample", Sample);
        if (RepetitionPenalty != 1) json.WriteNumber("repetition_penalty", RepetitionPenalty);
        if (!Sample) return;
        json.WriteNumber("temperature", Temperature);
        json.WriteNumber("top_k", TopK);
        json.WriteNumber("top_p", TopP);
        json.WriteNumber("min_p", MinP);
    }));
}
