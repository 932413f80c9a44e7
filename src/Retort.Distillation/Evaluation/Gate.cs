namespace Retort.Evaluation;

/// <summary>What a recipe demands of its student before it may be used. Null: not demanded.</summary>
/// <param name="MinKept">Least acc_s / acc_t.</param>
/// <param name="MinAgreement">Least top-1 agreement with the teacher.</param>
/// <param name="MaxEceAboveTeacher">Most by which the student's ECE may exceed the teacher's.</param>
/// <param name="MaxLatencyP95Ms">Most milliseconds at batch 1, 95th percentile.</param>
/// <param name="MaxBytes">Most bytes on disk.</param>
/// <param name="MinGain">Least acc_s − acc_b, a fraction.</param>
public sealed record Gate(double? MinKept = null, double? MinAgreement = null, double? MaxEceAboveTeacher = null,
    double? MaxLatencyP95Ms = null, long? MaxBytes = null, double? MinGain = null);
