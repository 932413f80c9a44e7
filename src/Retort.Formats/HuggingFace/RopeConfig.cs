using System.Text.Json;

namespace Retort.Formats.HuggingFace;

/// <summary>How rotary positions are stretched to longer contexts.</summary>
public enum RopeKind { Default, Linear, Llama3, Yarn }

/// <summary>Rotary positions as a config states them.</summary>
/// <param name="Kind">How they are stretched.</param>
/// <param name="Theta">The base of the frequencies.</param>
/// <param name="Factor">How much longer contexts become.</param>
/// <param name="Context">Positions of the first training (Llama3, Yarn).</param>
/// <param name="LowTurns">Turns within the first context below which a pair is slow (Llama3: low_freq_factor, Yarn: beta_slow).</param>
/// <param name="HighTurns">Turns above which it is quick (high_freq_factor, beta_fast).</param>
/// <param name="Attention">Factor of cosines and sines.</param>
/// <param name="WholePairs">Yarn's bounds are rounded to whole pairs.</param>
public sealed record RopeConfig(RopeKind Kind, double Theta, double Factor = 1, int Context = 0, double LowTurns = 1,
    double HighTurns = 1, double Attention = 1, bool WholePairs = true)
{
    private const double LeastTheta = 1;
    private const int LargestContext = 1 << 24;
    private static readonly string[] Kinds = ["default", "linear", "llama3", "yarn"];

    /// <summary>Rotary positions of both spellings.</summary>
    /// <param name="config">The whole config.</param>
    /// <param name="positions">Its longest context.</param>
    /// <param name="theta">The base where it names none; null = it must.</param>
    internal static RopeConfig Read(ConfigObject config, int positions, double? theta)
    {
        var older = config.Real("rope_theta", LeastTheta, double.NaN);
        var given = config.Object("rope_parameters") ?? config.Object("rope_scaling");
        return Of(given, positions, double.IsNaN(older) ? theta : older);
    }

    /// <param name="given">The object of one kind of layer; null = not stretched.</param>
    /// <param name="positions">Longest context.</param>
    /// <param name="theta">The base where the object names none.</param>
    internal static RopeConfig Of(ConfigObject? given, int positions, double? theta)
    {
        if (given is null) return new(RopeKind.Default, theta ?? double.NaN);
        var word = given.Word("rope_type", given.Word("type", "default", Kinds), Kinds);
        var @base = given.Real("rope_theta", LeastTheta, theta);
        var read = word switch
        {
            "linear" => new RopeConfig(RopeKind.Linear, @base, given.Real("factor", 1)),
            "llama3" => Llama3(given, @base),
            "yarn" => Yarn(given, @base, positions),
            _ => new RopeConfig(RopeKind.Default, @base),
        };
        if (given.Real("partial_rotary_factor", 0, 1) is not 1 and var part)
            throw given.Refused("partial_rotary_factor", $"{part:R}", "1: heads that are turned whole");
        given.RefuseUnread();
        return read;
    }

    private static RopeConfig Llama3(ConfigObject given, double theta)
    {
        var (low, high) = (given.Real("low_freq_factor", 0), given.Real("high_freq_factor", 0));
        if (high <= low) throw given.Refused("high_freq_factor", $"{high:R}", $"more than low_freq_factor, which is {low:R}");
        return new(RopeKind.Llama3, theta, given.Real("factor", 1), given.Whole("original_max_position_embeddings", LargestContext), low,
            high);
    }

    private static RopeConfig Yarn(ConfigObject given, double theta, int positions)
    {
        double factor = given.Real("factor", 1), slow = given.Real("beta_slow", 0, 1), fast = given.Real("beta_fast", 0, 32);
        if (!(fast > slow) || slow == 0) throw given.Refused("beta_fast", $"{fast:R}", $"more than beta_slow ({slow:R}), and both above 0");
        double scale = given.Real("mscale", 0, 0), scaleAll = given.Real("mscale_all_dim", 0, 0);
        var attention = scale > 0 && scaleAll > 0 ? Sharper(factor, scale) / Sharper(factor, scaleAll) : Sharper(factor, 1);
        return new(RopeKind.Yarn, theta, factor, given.Whole("original_max_position_embeddings", LargestContext, positions), slow, fast,
            given.Real("attention_factor", 0, attention), given.Flag("truncate", true));
    }

    /// <summary>Longer contexts spread attention; scores are sharpened by this squared (Peng et al. 2023, section 3.4).</summary>
    private static double Sharper(double factor, double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;

    /// <summary>The older spelling's rope_scaling.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("rope_type", Kinds[(int)Kind]);
        json.WriteNumber("factor", Factor);
        if (Kind is RopeKind.Llama3 or RopeKind.Yarn) json.WriteNumber("original_max_position_embeddings", Context);
        if (Kind == RopeKind.Llama3)
        {
            json.WriteNumber("low_freq_factor", LowTurns);
            json.WriteNumber("high_freq_factor", HighTurns);
        }
        if (Kind == RopeKind.Yarn)
        {
            json.WriteNumber("beta_slow", LowTurns);
            json.WriteNumber("beta_fast", HighTurns);
            json.WriteNumber("attention_factor", Attention);
            json.WriteBoolean("truncate", WholePairs);
        }
        json.WriteEndObject();
    }
}
