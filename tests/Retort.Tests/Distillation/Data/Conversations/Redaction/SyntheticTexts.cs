using System.Globalization;
using Retort.Tensors;

namespace Retort.Tests.Distillation.Data.Conversations.Redaction;

/// <summary>Sentences that hold a value of a known kind, and sentences that hold what only looks like one; drawn, not collected.</summary>
internal static class SyntheticTexts
{
    private static readonly string[] frames =
    [
        "My number is {0}.", "please use {0} from now on", "({0})", "see: {0}, thanks", "\"{0}\"", "it was {0}\nand nothing else", "{0}", "<b>{0}</b>",
    ];

    private static readonly (string Country, int Length)[] banks = [("DE", 22), ("FR", 27), ("NL", 18), ("GB", 22), ("NO", 15), ("ES", 24)];

    /// <returns>Text, the value in it, and its kind; null = nothing is to be found.</returns>
    public static IEnumerable<(string Text, string Value, string? Kind)> Draw(Seed seed, int count)
    {
        for (var number = 0; number < count; number++)
        {
            var dice = new Dice(seed.Derive((ulong)number));
            var (value, kind) = number % 2 == 0 ? Secret(dice) : (Harmless(dice), null);
            yield return (string.Format(CultureInfo.InvariantCulture, frames[dice.Below(frames.Length)], value), value, kind);
        }
    }

    private static (string, string?) Secret(Dice dice) => dice.Below(16) switch
    {
        0 => ($"{dice.Letters(6)}.{dice.Letters(5)}+{dice.Digits(2)}@{dice.Letters(7)}.co.uk", "EMAIL"),
        1 => ($"{dice.Letters(3)}@{dice.Letters(4)}-{dice.Letters(4)}.org", "EMAIL"),
        2 => ($"+49 {Lead(dice)}{dice.Digits(2)} {dice.Digits(7)}", "PHONE"),
        3 => ($"+1-{Lead(dice)}{dice.Digits(2)}-{dice.Digits(3)}-{dice.Digits(4)}", "PHONE"),
        4 => ($"({2 + dice.Below(8)}{dice.Digits(2)}) {2 + dice.Below(8)}{dice.Digits(2)}-{dice.Digits(4)}", "PHONE"),
        5 => ($"0{Lead(dice)}{dice.Digits(2)} {dice.Digits(3)} {dice.Digits(4)}", "PHONE"),
        6 => (Bank(dice, spaced: true), "IBAN"),
        7 => (Bank(dice, spaced: false), "IBAN"),
        8 => (Card(dice, "4", 16, " "), "CARD"),
        9 => (Card(dice, "5" + Lead(dice, 5), 16, "-"), "CARD"),
        10 => ($"{1 + dice.Below(9)}{dice.Digits(1)}.{dice.Below(256)}.{dice.Below(256)}.{dice.Below(256)}", "IP"),
        11 => ($"2001:db8:{dice.Hex(4)}::{dice.Hex(3)}7", "IP"),
        12 => ("sk-proj-" + dice.Word(40) + "7", "KEY"),
        13 => ("AKIA" + dice.Word(15).ToUpperInvariant() + "7", "KEY"),
        14 => ("ghp_" + dice.Word(35) + "7", "KEY"),
        _ => ($"eyJ{dice.Word(20)}1.eyJ{dice.Word(30)}.{dice.Word(43)}", "KEY"),
    };

    private static string Harmless(Dice dice) => dice.Below(16) switch
    {
        0 => $"2026-{1 + dice.Below(9):00}-{1 + dice.Below(28):00}",
        1 => $"{1 + dice.Below(28):00}.{1 + dice.Below(12):00}.20{dice.Digits(2)} 10:{dice.Below(60):00}",
        2 => $"{dice.Below(24):00}:{dice.Below(60):00}:{dice.Below(60):00}",
        3 => $"v{dice.Below(20)}.{dice.Below(20)}.{dice.Below(20)}.{dice.Below(20)}",
        4 => $"{dice.Hex(8)}-{dice.Hex(4)}-4{dice.Hex(3)}-a{dice.Hex(3)}-{dice.Hex(12)}",
        5 => dice.Hex(40),
        6 => $"{1 + dice.Below(9)}{dice.Digits(6)}",
        7 => $"${dice.Digits(2)},{dice.Digits(3)}.{dice.Digits(2)}",
        8 => $"0.{dice.Digits(9)}",
        9 => $"std::{dice.Letters(6)}::{dice.Letters(4)}",
        10 => $"@{dice.Letters(8)}",
        11 => $"task-{dice.Letters(9)}-{dice.Letters(9)}-{dice.Letters(5)}",
        12 => $"https://{dice.Letters(6)}.org:8080/{dice.Letters(4)}?q={dice.Digits(3)}",
        13 => $"1{dice.Digits(12)}",
        14 => $"978-3-{dice.Digits(2)}-{dice.Digits(6)}-{dice.Below(10)}",
        _ => $"{dice.Digits(3)} - {dice.Digits(3)} = {dice.Digits(3)}",
    };

    private static string Lead(Dice dice, int most = 9) => (1 + dice.Below(most)).ToString(CultureInfo.InvariantCulture);

    private static string Bank(Dice dice, bool spaced)
    {
        var (country, length) = banks[dice.Below(banks.Length)];
        var account = dice.Digits(length - 4);
        var rest = (account + $"{country[0] - 'A' + 10}{country[1] - 'A' + 10}00").Aggregate(0, (sum, digit) => (sum * 10 + digit - '0') % 97);
        var number = $"{country}{98 - rest:00}{account}";
        return spaced ? string.Join(' ', number.Chunk(4).Select(chunk => new string(chunk))) : number;
    }

    private static string Card(Dice dice, string start, int length, string sign)
    {
        var digits = start + dice.Digits(length - 1 - start.Length);
        var sum = digits.Reverse().Select((digit, place) => (digit - '0') * (place % 2 == 0 ? 2 : 1))
            .Sum(value => value > 9 ? value - 9 : value);
        return string.Join(sign, $"{digits}{(10 - sum % 10) % 10}".Chunk(4).Select(chunk => new string(chunk)));
    }

    private sealed class Dice(Seed seed)
    {
        private ulong _drawn;

        public int Below(int bound) => seed.Below(bound, _drawn++);

        public string Digits(int count) => Drawn(count, "0123456789");

        public string Letters(int count) => Drawn(count, "abcdefghijklmnopqrstuvwxyz");

        public string Hex(int count) => Drawn(count, "0123456789abcdef");

        public string Word(int count) => Drawn(count, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

        private string Drawn(int count, string from) => new([.. Enumerable.Range(0, count).Select(_ => from[Below(from.Length)])]);
    }
}
