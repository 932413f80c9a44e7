using System.Globalization;
using Retort.Evaluation.Language;

namespace Retort.Evaluation;

/// <summary>Holds a result against a gate; a demand whose metric was not measured fails.</summary>
public static class GateCheck
{
    /// <summary>One sentence for each demand that is not met, in the gate's order; empty when the gate is open.</summary>
    public static IReadOnlyList<string> Failures(EvaluationOutcome result, Gate gate)
    {
        var classes = result as EvaluationResult; // a number has no accuracy
        var texts = result as LanguageResult;
        var shares = result.Judgement as Verdict; // of right answers
        var facts = result.StudentFacts;
        var failures = new List<string>();
        AtLeast("accuracy kept", shares?.Kept, gate.MinKept);
        AtLeast("agreement with the teacher", classes?.Student.Fidelity?.Agreement ?? texts?.Student.Agreement, gate.MinAgreement);
        AtMost("ECE above the teacher's", classes?.Student.Ece - classes?.Teacher.Ece
            ?? texts?.Student.Ece - texts?.Teacher.Ece, gate.MaxEceAboveTeacher, "");
        AtMost("latency p95", facts.Latency?.P95, gate.MaxLatencyP95Ms, " ms");
        AtMost("size", facts.Bytes, gate.MaxBytes, " bytes");
        AtLeast("gain over the baseline", shares?.Gain, gate.MinGain);
        return failures;

        void AtLeast(string name, double? value, double? bound)
        {
            if (bound is { } least && !(value >= least))
                Fail(name, value, "at least", least, "");
        }

        void AtMost(string name, double? value, double? bound, string unit)
        {
            if (bound is { } most && !(value <= most))
                Fail(name, value, "at most", most, unit);
        }

        void Fail(string name, double? value, string relation, double bound, string unit) => failures.Add(value is { } known
            ? $"{name} is {Number(known)}{unit}, the gate asks for {relation} {Number(bound)}{unit}."
            : $"{name} was not measured, the gate asks for {relation} {Number(bound)}{unit}.");
    }

    private static string Number(double value)
        => value.ToString(Math.Abs(value) >= 1000 ? "0" : "0.####", CultureInfo.InvariantCulture);
}
