using System.Collections.Concurrent;
using System.Text.Json;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Grading.Judges;

/// <summary>
/// A judge behind an endpoint. Equal questions are asked once; the first time that the service refuses a form of answers and takes the same
/// question without it, no form is sent any more. A judge that has not answered for long stops the work.
/// </summary>
/// <param name="teacher">Who is asked, with what keeps, waits, repeats and counts around it.</param>
/// <param name="parameters">How it is to answer; temperature 0 unless somebody wants otherwise.</param>
/// <param name="mostFailures">Questions, one after the other, that nobody answered.</param>
public sealed class ChatJudge(IChatTeacher teacher, ChatParameters parameters, int mostFailures) : IJudgeModel
{
    private const string Field = "response_format";
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _asked = new(StringComparer.Ordinal);
    private int _failuresInARow;
    private volatile bool _refusesForms;

    public string Name => teacher.Identity;

    /// <summary>Only the prompt says what an answer looks like.</summary>
    public bool RefusesForms => _refusesForms;

    /// <exception cref="RunPausedException">A cap is reached, or the endpoint does not answer any more.</exception>
    public Task<string?> AskAsync(IReadOnlyList<(string Role, string Text)> messages, JudgeForm form, CancellationToken cancellation)
    {
        var plain = new ChatRequest([.. messages.Select(message => new ChatMessage(message.Role, message.Text))], parameters);
        return _asked.GetOrAdd(RequestKey.Of(teacher.Identity, plain),
            _ => new Lazy<Task<string?>>(() => AnswerAsync(plain, form, cancellation))).Value;
    }

    /// <summary>The request with its form, as it is sent first.</summary>
    private ChatRequest Formed(ChatRequest plain, JudgeForm form)
    {
        var fields = parameters.Extra is { } extra ? extra.EnumerateObject().ToDictionary(field => field.Name, field => field.Value) : [];
        fields.TryAdd(Field, form.ResponseFormat); // the user's own goes first
        return plain with { Parameters = parameters with { Extra = JsonSerializer.SerializeToElement(fields) } };
    }

    private async Task<string?> AnswerAsync(ChatRequest plain, JudgeForm form, CancellationToken cancellation)
    {
        try
        {
            var reply = await ReplyAsync(plain, form, cancellation).ConfigureAwait(false);
            Interlocked.Exchange(ref _failuresInARow, 0);
            return reply.Answers[0] is { Refusal: null, Text: { Length: > 0 } text } ? text : null;
        }
        catch (ChatTroubleException trouble)
        {
            if (trouble.IsAboutTheAnswer) return null;
            if (Interlocked.Increment(ref _failuresInARow) >= mostFailures)
                throw new RunPausedException(Name, $"has left {mostFailures} questions in a row without an answer: {trouble.Message}",
                    "an endpoint that answers.", "what was answered stays; come back when it does.", trouble);
            return null;
        }
        catch (ChatRefusedException)
        {
            return null;
        }
    }

    private async Task<ChatReply> ReplyAsync(ChatRequest plain, JudgeForm form, CancellationToken cancellation)
    {
        if (!_refusesForms)
            try
            {
                return await teacher.AskAsync(Formed(plain, form), cancellation).ConfigureAwait(false);
            }
            catch (ChatRefusedException)
            {
                var reply = await teacher.AskAsync(plain, cancellation).ConfigureAwait(false);
                _refusesForms = true;
                return reply;
            }
        return await teacher.AskAsync(plain, cancellation).ConfigureAwait(false);
    }
}
