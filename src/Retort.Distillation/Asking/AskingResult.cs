using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>How far a job has come, and what the folder has cost so far.</summary>
/// <param name="Questions">Different ones; equal questions count once.</param>
/// <param name="Accepted">Answers that are taken.</param>
/// <param name="Rejected">Answers of no use, with reasons.</param>
/// <param name="Failed">Questions without an answer; the next run asks again.</param>
/// <param name="Spent">All that was ever sent from this folder.</param>
/// <param name="AtWorst">Of it what is counted at its worst case, because no count came back.</param>
public sealed record AskingResult(int Questions, int Accepted, int Rejected, int Failed, Spend Spent, Spend AtWorst);
