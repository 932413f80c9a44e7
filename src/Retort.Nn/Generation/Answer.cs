namespace Retort.Nn.Generation;

/// <summary>What ended an answer.</summary>
public enum AnswerEnd { Length, EndToken, StopSequence }

/// <summary>What a model said after a prompt.</summary>
/// <param name="Tokens">Without the prompt; with what ended it.</param>
/// <param name="LogProbabilities">Of each token, by the model's own softmax at temperature 1, whatever sampling did.</param>
/// <param name="End">What ended it.</param>
public sealed record Answer(IReadOnlyList<int> Tokens, IReadOnlyList<double> LogProbabilities, AnswerEnd End);
