namespace Retort.Runs;

/// <summary>What a stage tells whoever watches: "train · student · 1200 of 9000 steps · loss 0.21".</summary>
/// <param name="Stage">label, train, eval, export.</param>
/// <param name="Activity">What is being done now: "teacher", "labels", "student", "baseline 0.01".</param>
/// <param name="Done">Units finished.</param>
/// <param name="Total">Units in all; 0 = unknown.</param>
/// <param name="Note">Latest number worth seeing; may be empty.</param>
public sealed record StageProgress(string Stage, string Activity, long Done, long Total, string Note = "");
