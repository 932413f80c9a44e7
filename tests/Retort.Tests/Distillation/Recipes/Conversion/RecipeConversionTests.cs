using Retort.Recipes;
using Retort.Recipes.Conversion;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes.Conversion;

/// <summary>Other tools' recipes in our words; the objective is read by our own reader, and its numbers compared.</summary>
public sealed class RecipeConversionTests
{
    private const string Gkd = """
        model_name_or_path: Qwen/Qwen2-0.5B-Instruct
        teacher_model_name_or_path: ./teacher
        dataset_name: trl-lib/chatbot_arena_completions
        learning_rate: 2.0e-5
        per_device_train_batch_size: 4
        lmbda: 0.7
        beta: 0.1
        temperature: 0.9
        seq_kd: true
        output_dir: gkd-model
        logging_steps: 10
        """;

    private const string Axolotl = """
        base_model: ./student
        kd_trainer: true
        kd_ce_alpha: 0.1
        kd_alpha: 0.9
        kd_temperature: 2.0
        kd_normalize_topk: true
        datasets:
          - path: ./data.jsonl
            type: axolotl.integrations.kd.chat_template
        adapter: lora
        lora_r: 16
        lora_alpha: 32
        lora_target_modules: [q_proj, v_proj]
        optimizer: adamw_torch_fused
        lr_scheduler: cosine
        learning_rate: 2.0e-5

        """;

    [Fact]
    public void TemperatureOfGkdIsThatOfSamplingAlone()
    {
        var conversion = Convert(Gkd, "trl-gkd");
        var term = Assert.Single(Objective(conversion));
        Assert.Equal(("jensen-shannon", 1.0, 1.0), (term.Name, term.Weight.From, term.Temperature.From));
        Assert.Equal(("0.1", "plain"), (term.Value("teacherWeight"), term.Value("form")));
        Has(conversion, "  onPolicy:\n    share: 0.7\n", "  sampling:\n    temperature: 0.9\n    maxNewTokens: 128\n", "path: ./teacher\n",
            "from: hf:Qwen/Qwen2-0.5B-Instruct\n", "labels:\n  kind: text\n", "learningRate: 2E-05\n", "batchSize: 4\n", "clipNorm: 1\n",
            "source: text\n", "kind: gpt\n");
        Assert.Contains(conversion.Meanings, meaning => meaning.Contains("sampling alone", StringComparison.Ordinal));
        Assert.Contains(conversion.Meanings, meaning => meaning.Contains("teacher's share", StringComparison.Ordinal));
        Assert.Equal(["output_dir = gkd-model: the run folder is named on the command line: --out", "logging_steps = 10"], conversion.NotConverted);
        Assert.Contains(new ConvertedKey("max_grad_norm", "1", "student.training.clipNorm", IsDefault: true), conversion.Keys);
        Has(conversion, [.. conversion.NotConverted, .. conversion.Meanings]);
    }

    /// <summary>GKDConfig is an SFTConfig, MiniLLMConfig a GRPOConfig: not the defaults of transformers' Trainer.</summary>
    [Fact]
    public void WhatTheFileDoesNotSayIsTheToolsDefault()
    {
        Has(Convert("lmbda: 0.5", "trl-gkd"), "learningRate: 2E-05\n", "contextLength: 1024\n", "batchSize: 8\n");
        Has(Convert("rkl_advantage: true", "trl-minillm"), "learningRate: 1E-06\n", "topP: 1\n", "maxNewTokens: 256\n",
            "num_generations = 8: a prompt is answered once");
        Has(Convert("loss_add_tail: true", "trl-distillation"), "topP: 0.95\n");
    }

    /// <summary>4 texts in each of 8 parts are a batch of 32: parts do not make a batch larger here.</summary>
    [Theory]
    [InlineData("lmbda: 0.5\nper_device_train_batch_size: 4\ngradient_accumulation_steps: 8", "trl-gkd")]
    [InlineData("kd_trainer: true\nmicro_batch_size: 4\ngradient_accumulation_steps: 8", "axolotl")]
    public void AccumulatedBatchesAreOne(string text, string tool) => Has(Convert(text, tool), "batchSize: 32\n", "accumulate: 8\n");

    public static TheoryData<string> Whole => new()
    {
        Gkd, Axolotl + "teacher_is: missing\n",
        """
        {"model_name_or_path": "./a", "teacher_model_name_or_path": "./b", "dataset_name": "./c.jsonl", "max_completion_length": 64,
        "max_steps": 10, "num_generations": 2, "use_peft": true}
        """,
        """
        rkl_advantage: true
        model_name_or_path: ./a
        teacher_model_name_or_path: ./b
        dataset_name: ./c.jsonl
        """,
        """
        model: ./a
        teacher: {kind: hf, path: ./b}
        dataset: {train_dataset: {disk_path: ./c.jsonl}}
        loss_functions: [{function: cross_entropy, weight: 0.25}, {function: kl, weight: 0.2, temperature: 2.0}]
        training_args: {num_train_epochs: 2, learning_rate: 1.0e-4, gradient_accumulation_steps: 4}
        """,
        """
        policy: {model_name: ./a, generation: {temperature: 0.8, top_k: 40}}
        teacher: {model_name: ./b}
        data: {train_data_path: ./c.jsonl}
        loss_fn: {kl_type: mixed, mixed_kl_weight: 0.7}
        distillation: {num_generations_per_prompt: 4, max_num_steps: 1000}
        """,
        """
        model: {pretrained_model_name_or_path: ./a}
        teacher_model: {pretrained_model_name_or_path: ./b}
        dataset: {path_or_dataset: ./c.jsonl}
        kd_ratio: 0.8
        peft: {dim: 8, alpha: 16}
        """,
    };

    /// <summary>Where the other tool's file names student, teacher and data, our reader takes all that was written.</summary>
    [Theory]
    [MemberData(nameof(Whole), DisableDiscoveryEnumeration = true)]
    public void OurReaderTakesTheWholeRecipe(string text)
    {
        var conversion = RecipeConversion.Convert(text, "recipe.yaml");
        string[] given = conversion.Tool == "axolotl" ? ["teacher.path=./teacher"] : []; // its teacher is what stored the labels
        var recipe = RecipeReader.Read(conversion.Recipe, "recipe.yaml", given);
        Assert.NotNull(recipe.Student.Model.From);
        Assert.Equal(conversion.Recipe.Contains("lora:", StringComparison.Ordinal), recipe.Student.Lora is not null);
    }

    [Theory]
    [InlineData("0", "soft-label")]
    [InlineData("1", "reverse-kl")]
    public void TheEndsOfBetaAreDivergences(string beta, string objective)
    {
        var conversion = Convert(Gkd.Replace("beta: 0.1", $"beta: {beta}", StringComparison.Ordinal), "trl-gkd");
        Assert.Equal(objective, Assert.Single(Objective(conversion)).Name);
    }

    /// <summary>Both keys get the temperature; without T² there, the weight is divided by it here.</summary>
    [Fact]
    public void TemperatureOfTheDistillationTrainerIsBoth()
    {
        var conversion = Convert("""
            {"model_name_or_path": "a/b", "teacher_model_name_or_path": "a/c", "max_completion_length": 64, "temperature": 2.0, "beta": 1.0}
            """, "trl-distillation");
        var term = Assert.Single(Objective(conversion));
        Assert.Equal(("reverse-kl", 0.25, 2.0), (term.Name, term.Weight.From, term.Temperature.From));
        Has(conversion, "share: 1\n", "temperature: 2\n", "maxNewTokens: 64\n", "topP: 0.95\n", "learningRate: 1E-06\n");
        Assert.Contains(conversion.Meanings, meaning => meaning.Contains("does not multiply the distilled loss by T²", StringComparison.Ordinal));
    }

    [Fact]
    public void MiniLlmIsReverseKlOfWhatTheStudentWrites()
    {
        var conversion = Convert("""
            teacher_model_name_or_path: big
            rkl_advantage: true
            single_step_decomposition: true
            gamma: 0.95
            """, "trl-minillm");
        Assert.Equal("reverse-kl", Assert.Single(Objective(conversion)).Name);
        Assert.Contains(conversion.NotConverted, key => key.StartsWith("gamma = 0.95", StringComparison.Ordinal));
        Has(conversion, "share: 1\n");
    }

    /// <summary>What trains is the gradient, and axolotl's has no T².</summary>
    [Fact]
    public void AxolotlsGradientHasNoSquare()
    {
        var conversion = Convert(Axolotl, "axolotl");
        var terms = Objective(conversion);
        Assert.Equal(("soft-label", 0.9 / 4, 2.0), (terms[0].Name, terms[0].Weight.From, terms[0].Temperature.From));
        Assert.Equal(("hard-label", 0.1), (terms[1].Name, terms[1].Weight.From));
        Has(conversion, "rank: 16\n", "scale: 32\n", "targets: [q_proj, v_proj]\n", "optimizer: adamw\n", "schedule: cosine\n", "path: ./data.jsonl\n");
        Assert.Contains(conversion.Meanings, meaning => meaning.Contains("not its gradient", StringComparison.Ordinal));
        Assert.Contains(conversion.NotConverted, key => key.StartsWith("datasets.0.type", StringComparison.Ordinal));
    }

    [Fact]
    public void DistillKitHasItsTailsByOtherNames()
    {
        var conversion = Convert("""
            model: Qwen/Qwen2.5-0.5B
            teacher: {kind: hf, path: arcee-ai/Big}
            sequence_length: 4096
            loss_functions:
              - {function: cross_entropy, weight: 0.25}
              - {function: kl, weight: 0.2, temperature: 2.0, missing_probability_handling: symmetric_uniform}
              - {function: tvd, weight: 0.2, temperature: 3.0}
              - {function: hs_mse, weight: 0.3}
            training_args: {num_train_epochs: 2, learning_rate: 1.0e-4}
            """, "distillkit");
        var terms = Objective(conversion);
        Assert.Equal(["hard-label", "soft-label", "total-variation"], terms.Select(term => term.Name));
        Assert.Equal((0.2, 2.0, "tailBucket"), (terms[1].Weight.From, terms[1].Temperature.From, terms[1].Value("tail")));
        Assert.Contains(conversion.NotConverted, key => key.StartsWith("loss_functions.3.function = hs_mse", StringComparison.Ordinal));
        Assert.Contains(conversion.NotConverted, key => key.StartsWith("loss_functions.2.temperature = 3", StringComparison.Ordinal));
        Has(conversion, "contextLength: 4096\n", "epochs: 2\n", "learningRate: 0.0001\n");
        Assert.Equal("renormalise", Objective(Convert("""
            loss_functions: [{function: kl, missing_probability_handling: zero}]
            """, "distillkit"))[0].Value("tail"));
    }

    [Fact]
    public void NemosMixedWeightIsThatOfTheForwardDivergence()
    {
        var conversion = Convert("""
            policy: {model_name: Qwen/Qwen3-1.7B, max_total_sequence_length: 8192, generation: {temperature: 0.8}}
            teacher: {model_name: Qwen/Qwen3-4B}
            loss_fn: {kl_type: mixed, mixed_kl_weight: 0.7, zero_outside_topk: false}
            distillation: {topk_logits_k: 64, max_num_steps: 1000}
            """, "nemo-rl");
        var terms = Objective(conversion);
        Assert.Equal([("soft-label", 0.7), ("reverse-kl", 0.3)], terms.Select(term => (term.Name, Math.Round(term.Weight.From, 12))));
        Assert.Contains(conversion.NotConverted, key => key.StartsWith("distillation.max_num_steps = 1000", StringComparison.Ordinal));
        Has(conversion, "temperature: 0.8\n", "share: 1\n");
        Assert.Contains(new ConvertedKey("loss_fn.kl_type", "mixed", "student.objective (names)", IsDefault: false), conversion.Keys);
    }

    [Fact]
    public void RatioOfAutomodelIsTwoWeights()
    {
        var terms = Objective(Convert("""
            kd_ratio: 0.8
            kd_loss_fn: {temperature: 3.0}
            teacher_model: {pretrained_model_name_or_path: a/b}
            """, "nemo-automodel"));
        Assert.Equal([("soft-label", 0.8), ("hard-label", 0.2)], terms.Select(term => (term.Name, Math.Round(term.Weight.From, 12))));
        Assert.Equal(3, terms[0].Temperature.From);
    }

    [Fact]
    public void WhatIsNobodysIsRefused()
    {
        Assert.Equal("holds no key by which a tool is known.", Refused("learning_rate: 1").What);
        Assert.Contains("axolotl or trl-gkd", Refused("lmbda: 1\nkd_trainer: true").What, StringComparison.Ordinal);
        Assert.Equal("beta is 'much'.", Refused("lmbda: 1\nbeta: much").What);
        Assert.Equal("is no group of keys.", Refused("- 1").What);
        Assert.Equal("model_name_or_path is ''.", Refused("lmbda: 1\nmodel_name_or_path: ''").What);
        Assert.Equal("kd_temperature is 0.", Refused("kd_trainer: true\nkd_temperature: 0").What);
        Assert.Equal("loss_fn.kl_type is 'mixt'.", Refused("loss_fn: {kl_type: mixt}").What);
        var unknown = Assert.Throws<RetortException>(() => RecipeConversion.Convert("a: 1", "x", "axolotls"));
        Assert.Equal("did you mean 'axolotl'?", unknown.Remedy);
    }

    private static RetortException Refused(string text) => Assert.Throws<RetortException>(() => RecipeConversion.Convert(text, "x.yaml"));

    private static Retort.Recipes.Conversion.Conversion Convert(string text, string tool)
    {
        var conversion = RecipeConversion.Convert(text, "my recipe.yaml");
        Assert.Equal(tool, conversion.Tool);
        Assert.Equal(conversion.Recipe, RecipeConversion.Convert(text, "my recipe.yaml", tool).Recipe);
        Assert.Contains("name: my-recipe\n", conversion.Recipe, StringComparison.Ordinal);
        return conversion;
    }

    private static void Has(Retort.Recipes.Conversion.Conversion conversion, params string[] parts) =>
        Assert.All(parts, part => Assert.Contains(part, conversion.Recipe, StringComparison.Ordinal));

    /// <summary>The objective of the recipe that was written, in a recipe of numbers, as our reader understands it.</summary>
    private static IReadOnlyList<ObjectiveRecipe> Objective(Retort.Recipes.Conversion.Conversion conversion)
    {
        var lines = conversion.Recipe.Split('\n');
        var terms = lines.Where(line => line == "  objective:" || line.StartsWith("    - {", StringComparison.Ordinal));
        return RecipeReader.Read($"""
            name: read-again
            data: {'{'} source: digits, train: 300, validation: 64, test: 64 {'}'}
            teacher: {'{'} source: train, model: {'{'} kind: mlp, hidden: [8] {'}'} {'}'}
            student:
              model: {'{'} kind: mlp, hidden: [4] {'}'}
            {string.Join('\n', terms)}
            """, "again.yaml").Student.Objective;
    }
}
