namespace Retort.Recipes;

/// <summary>A language model that can only be asked, in the way of OpenAI's chat completions, and what it may cost.</summary>
public sealed record ChatRecipe
{
    /// <summary>Base address, with the version.</summary>
    public required string Endpoint { get; init; }

    /// <summary>As the service calls it.</summary>
    public required string Model { get; init; }

    /// <summary>NAME of the environment variable with the key; empty = none is sent. A key itself is refused.</summary>
    public string KeyVariable { get; init; } = "";

    /// <summary>What the model is told first where its thoughts are verified and learnt.</summary>
    internal const string Reasoning = "Think step by step. Put the final answer alone between <answer> and </answer>.";

    /// <summary>What the model is told first; empty = nothing, null = <see cref="Reasoning"/> for traces, else nothing.</summary>
    public string? System { get; init; }

    /// <summary>More fields of each request, as the service names them, a JSON object; empty = none.</summary>
    public string Fields { get; init; } = "";

    /// <summary>Most tokens of one answer.</summary>
    public int NewTokens { get; init; } = 512;

    /// <summary>Dollars for a million tokens; null = those of the price table.</summary>
    public double? PriceIn { get; init; }
    public double? PriceOut { get; init; }

    /// <summary>Caps that no request may pass; null = none.</summary>
    public double? MaxUsd { get; init; }
    public long? MaxTokens { get; init; }

    /// <summary>Requests at once.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Text-classes: how it is asked for a class; null = it is asked for texts.</summary>
    public ChatClassesRecipe? Classes { get; init; }

    /// <summary>Requests that the student is to answer in a month, for the report's account; null = nobody has said.</summary>
    public double? RequestsPerMonth { get; init; }

    /// <summary>What an hour of the machine costs that the student runs on; null = it is there anyway.</summary>
    public double? MachineUsdPerHour { get; init; }

    /// <summary>Questions whose right answers are known, asked and graded before anything else is paid for; 0 = none.</summary>
    public int CheckOn { get; init; } = 32;
}
