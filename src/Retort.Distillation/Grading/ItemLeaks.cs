using Retort.Data.Conversations;
using Retort.Data.Conversations.Duplicates;
using Retort.Formats.Jsonl;
using Retort.Tensors;

namespace Retort.Grading;

/// <summary>Items that were learnt from say nothing about a model: they are looked for before anything is graded.</summary>
public static class ItemLeaks
{
    /// <param name="items">The file of graded items.</param>
    /// <param name="training">What was trained on.</param>
    /// <exception cref="RetortException">A file cannot be read.</exception>
    public static IReadOnlyList<Leak> Find(string items, string training)
    {
        var check = new LeakCheck(new Seed(1).Derive("leak"));
        foreach (var (place, prompt) in EvaluationPrompts.Read(training, redacted: false)) check.Learn(place, prompt);
        return [.. JsonlReader.Read(items).SelectMany(EvaluationPrompts.Of)
            .Select(asked => check.Find(asked.Place, DuplicateText.Prompt(asked))).OfType<Leak>()];
    }
}
