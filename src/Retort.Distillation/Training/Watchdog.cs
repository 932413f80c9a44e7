using System.Globalization;
using System.Text;
using Retort.Recipes;

namespace Retort.Training;

/// <summary>
/// Looks whether a model that learns from its own answers collapses: they grow, repeat themselves, are all alike, or are what the teacher
/// would never say. It warns at the first look that finds so, and after several, one after the other, the run is to be stopped.
/// </summary>
/// <param name="recipe">Thresholds.</param>
/// <param name="steps">Updates in all.</param>
/// <param name="usualLength">Mean tokens of an answer of the data.</param>
/// <param name="warn">Told the first look of each that found something; null = nobody.</param>
public sealed class Watchdog(WatchdogRecipe recipe, long steps, double usualLength, Action<string>? warn = null) : IRemembers
{
    private readonly List<string> _warnings = [];
    private int _bad;

    public bool Sound => _bad == 0;

    /// <summary>A sentence once it is enough; else null.</summary>
    public string? Collapse { get; private set; }

    /// <param name="updates">Updates done.</param>
    /// <param name="look">What was measured of answers written in this update.</param>
    public void Judge(long updates, IReadOnlyList<(string Name, double Value)> look)
    {
        if (updates < recipe.After * steps) return;
        if (Reasons(look.ToDictionary(number => number.Name, number => number.Value)) is not { Count: > 0 } reasons)
        {
            _bad = 0;
            return;
        }
        var text = string.Join("; ", reasons);
        if (++_bad == 1) Warn($"update {updates}: {text}. If this goes on for {recipe.Patience} looks, the run is stopped.");
        if (_bad >= recipe.Patience) Collapse = $"the student collapses; for {_bad} looks one after the other, the last: {text}";
    }

    public byte[] Remembered() => Encoding.UTF8.GetBytes(string.Join('\n', _warnings));

    public void Recall(byte[] remembered)
    {
        (_bad, Collapse) = (0, null); // what was kept was sound
        foreach (var warning in Encoding.UTF8.GetString(remembered).Split('\n', StringSplitOptions.RemoveEmptyEntries)) Warn(warning);
    }

    private void Warn(string text)
    {
        _warnings.Add(text);
        warn?.Invoke(text);
    }

    private List<string> Reasons(Dictionary<string, double> look)
    {
        var reasons = new List<string>();
        void Ask(bool found, FormattableString text)
        {
            if (found) reasons.Add(text.ToString(CultureInfo.InvariantCulture));
        }
        var (length, most) = (look[TokenMonitor.AnswerLength], recipe.AnswerLength * usualLength);
        Ask(recipe.AnswerLength > 0 && length > most, $"an answer has {length:0.0} tokens (answerLength allows {most:0.0})");
        var repetition = look[TokenMonitor.Repetition];
        Ask(recipe.Repetition > 0 && repetition > recipe.Repetition,
            $"{repetition:0.00} of an answer stood in it before (repetition allows {recipe.Repetition})");
        if (!look.TryGetValue(TokenLook.OutsideMass, out var outside)) return reasons;
        Ask(recipe.OutsideMass > 0 && outside > recipe.OutsideMass,
            $"{outside:0.00} of its probability is on tokens that the teacher would not say (outsideMass allows {recipe.OutsideMass})");
        var fall = look[TokenLook.TeacherEntropy] - look[TokenLook.StudentEntropy];
        Ask(recipe.EntropyFall > 0 && fall > recipe.EntropyFall,
            $"its entropy is {fall:0.00} nats below the teacher's (entropyFall allows {recipe.EntropyFall})");
        return reasons;
    }
}
