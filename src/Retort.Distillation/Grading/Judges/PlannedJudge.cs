using Retort.Asking;
using Retort.Teachers.Chat;

namespace Retort.Grading.Judges;

/// <summary>Answers nothing and remembers what a judge would be asked, so that it can be counted before it is paid for.</summary>
/// <param name="name">Of the judge.</param>
public sealed class PlannedJudge(string name) : IJudgeModel
{
    private readonly List<Prompt> _prompts = [];

    public string Name => name;

    public IReadOnlyList<Prompt> Prompts => _prompts;

    public Task<string?> AskAsync(IReadOnlyList<(string Role, string Text)> messages, JudgeForm form, CancellationToken cancellation)
    {
        _prompts.Add(new Prompt($"question {_prompts.Count + 1}", [.. messages.Select(message => new ChatMessage(message.Role, message.Text))]));
        return Task.FromResult<string?>(form.Fitting);
    }
}
