using System.Text;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Digits joined by +, − and ×, modulo 10, evaluated from the left: 3+4*2: → 3+4=7 7*2=4 >4. Every partial result is a step of reasoning
/// that can be written out.
/// </summary>
/// <param name="Digits">Two or more.</param>
/// <param name="Signs">One fewer: +, - or *.</param>
public sealed record ChainSum(int[] Digits, char[] Signs)
{
    /// <summary>All characters of prompts and answers.</summary>
    public const string Characters = "0123456789+-*:=> ";

    internal const string AllSigns = "+-*";

    /// <param name="terms">How many digits.</param>
    /// <param name="seed">Of this sum.</param>
    /// <param name="signs">Some of +, - and *.</param>
    public static ChainSum Draw(int terms, Seed seed, string signs = AllSigns) => new(
        [.. Enumerable.Range(0, terms).Select(i => seed.Below(10, (ulong)i))],
        [.. Enumerable.Range(0, terms - 1).Select(i => signs[seed.Below(signs.Length, (ulong)i, 1)])]);

    public string Prompt
    {
        get
        {
            var text = new StringBuilder().Append(Digits[0]);
            for (var i = 0; i < Signs.Length; i++) text.Append(Signs[i]).Append(Digits[i + 1]);
            return text.Append(':').ToString();
        }
    }

    /// <summary>What is to be said after the prompt.</summary>
    /// <param name="steps">With every partial result before the last line.</param>
    public string Answer(bool steps)
    {
        var text = new StringBuilder();
        var value = Digits[0];
        for (var i = 0; i < Signs.Length; i++)
        {
            var next = Apply(value, Signs[i], Digits[i + 1]);
            if (steps) text.Append(value).Append(Signs[i]).Append(Digits[i + 1]).Append('=').Append(next).Append(' ');
            value = next;
        }
        return text.Append('>').Append(value).ToString();
    }

    private static int Apply(int left, char sign, int right) => sign switch
    {
        '+' => (left + right) % 10,
        '-' => (left - right + 10) % 10,
        _ => left * right % 10,
    };
}

/// <summary>Only what stands behind the last > counts, not the way there.</summary>
public sealed class ChainSumCheck : IAnswerCheck
{
    public bool IsRight(string prompt, string expected, string answer) => Last(answer) is { Length: > 0 } said && said == Last(expected);

    private static string? Last(string text) => text.LastIndexOf('>') is >= 0 and var place ? text[(place + 1)..].Trim() : null;
}
