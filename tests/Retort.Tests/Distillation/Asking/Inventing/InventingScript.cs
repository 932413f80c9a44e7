using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Retort.Tensors;

namespace Retort.Tests.Distillation.Asking.Inventing;

/// <summary>A model that invents: to each request a list of its own of prompts made of drawn words.</summary>
internal static class InventingScript
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 400).Select(i => $"word{(char)('a' + i / 20)}{(char)('a' + i % 20)}")];

    public static IReadOnlyList<string> Seeds { get; } = [.. Enumerable.Range(0, 12)
        .Select(i => Prompt(new Seed((ulong)i + 1000), i % 2 == 0 ? "invoices" : "gardens"))];

    public static string SeedFile => string.Concat(Seeds.Select(seed => JsonSerializer.Serialize(new { prompt = seed }) + "\n"));

    /// <summary>The same to the same request.</summary>
    public static string Answer(string request) => List(request, 8);

    public static string List(string request, int count)
    {
        var draw = new Seed(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(request))));
        return JsonSerializer.Serialize(Enumerable.Range(0, count).Select(i => Prompt(draw.Derive((ulong)i), "about")));
    }

    private static string Prompt(Seed draw, string topic) =>
        string.Join(' ', Enumerable.Range(0, 9).Select(i => Words[draw.Below(Words.Length, (ulong)i)]).Append(topic));
}
