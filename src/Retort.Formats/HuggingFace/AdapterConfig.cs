using System.Text.Json;
using Retort.Formats.Files;

namespace Retort.Formats.HuggingFace;

/// <summary>What adapter_config.json says of LoRA adapters, as PEFT writes it. See spec.md.</summary>
/// <param name="Rank">r.</param>
/// <param name="Scale">lora_alpha.</param>
/// <param name="Targets">target_modules: names of layers or the last words of their paths; or the one word all-linear.</param>
public sealed record AdapterConfig(int Rank, double Scale, IReadOnlyList<string> Targets)
{
    public const string File = "adapter_config.json", WeightsFile = "adapter_model.safetensors", AllLinear = "all-linear";
    private const int LargestRank = 1 << 16;

    /// <summary>Of a causal language model, and of a classifier of texts.</summary>
    public const string Causal = "CAUSAL_LM", Classifying = "SEQ_CLS";

    /// <summary>modules_to_save: layers that are stored whole.</summary>
    public IReadOnlyList<string> Whole { get; init; } = [];

    public double Dropout { get; init; }

    /// <summary>use_rslora: divided by √r.</summary>
    public bool RankStabilised { get; init; }

    /// <summary>task_type; empty = not said.</summary>
    public string Task { get; init; } = "";

    /// <summary>base_model_name_or_path; empty = not said.</summary>
    public string Model { get; init; } = "";

    /// <exception cref="FormatException">No such file, another kind of adapter, or a setting that this version cannot do.</exception>
    public static AdapterConfig Read(string folder)
    {
        var config = ConfigObject.Open(Path.Combine(folder, File));
        config.Word("peft_type", null, "LORA");
        config.Word("bias", "none", "none");
        if (config.Has("init_lora_weights") && !config.IsFlag("init_lora_weights"))
            config.Word("init_lora_weights", null, "gaussian"); // others change the base's weights
        var read = new AdapterConfig(config.Whole("r", LargestRank), config.Real("lora_alpha", 0), TargetsOf(config))
        {
            Whole = config.Words("modules_to_save") ?? [], Dropout = config.Real("lora_dropout", 0, 0),
            RankStabilised = config.Flag("use_rslora", false),
            Task = config.Word("task_type", "", Causal, Classifying),
            Model = config.Text("base_model_name_or_path") ?? "",
        };
        if (read.Scale == 0) throw config.Refused("lora_alpha", "0", "a number above 0");
        if (read.Dropout >= 1) throw config.Refused("lora_dropout", $"{read.Dropout:R}", "a share below 1");
        if (read.Targets.Count == 0) throw config.Refused("target_modules", "empty", "names of layers");
        // who made it and how it is loaded; sizes of things that other keys turn on
        config.PassOver("init_lora_weights", "auto_mapping", "revision", "inference_mode", "peft_version", "megatron_core",
            "qalora_group_size", "runtime_config");
        config.RefuseUnread();
        return read;
    }

    public void Write(string folder) => AtomicFile.WriteText(Path.Combine(folder, File), CausalConfigWriter.Text(json =>
    {
        json.WriteString("peft_type", "LORA");
        if (Task.Length > 0) json.WriteString("task_type", Task);
        if (Model.Length > 0) json.WriteString("base_model_name_or_path", Model);
        json.WriteBoolean("inference_mode", true);
        json.WriteNumber("r", Rank);
        json.WriteNumber("lora_alpha", Scale);
        json.WriteNumber("lora_dropout", Dropout);
        json.WriteString("bias", "none");
        json.WriteBoolean("fan_in_fan_out", false);
        json.WriteBoolean("init_lora_weights", true);
        json.WriteBoolean("use_rslora", RankStabilised);
        if (Targets is [AllLinear]) json.WriteString("target_modules", AllLinear);
        else WriteWords(json, "target_modules", Targets);
        if (Whole.Count > 0) WriteWords(json, "modules_to_save", Whole);
    }));

    private static IReadOnlyList<string> TargetsOf(ConfigObject config)
    {
        const string key = "target_modules";
        if (!config.Has(key)) throw config.Refused(key, "missing", "names of layers");
        return config.Text(key) is null ? config.Words(key)! : [config.Word(key, null, AllLinear)]; // another text is a pattern
    }

    private static void WriteWords(Utf8JsonWriter json, string key, IReadOnlyList<string> words)
    {
        json.WriteStartArray(key);
        foreach (var word in words) json.WriteStringValue(word);
        json.WriteEndArray();
    }
}
