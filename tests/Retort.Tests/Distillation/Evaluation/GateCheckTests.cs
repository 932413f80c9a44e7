using Retort.Evaluation;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class GateCheckTests
{
    private static readonly EvaluationResult result = Evaluator.Evaluate(Cases.Hundred(teacher: 100, student: 90, baseline: 80));

    [Fact]
    public void An_open_gate_says_nothing()
    {
        Assert.Empty(GateCheck.Failures(result, new Gate()));
        Assert.Empty(GateCheck.Failures(result, new Gate(0.9, 0.9, 1, 3, 400, 0.05)));
    }

    [Fact]
    public void Each_demand_has_its_sentence()
    {
        var failures = GateCheck.Failures(result, new Gate(0.97, 0.95, 0.02, 2.5, 399, 0.2));
        Assert.Equal(6, failures.Count);
        Assert.Equal("accuracy kept is 0.9, the gate asks for at least 0.97.", failures[0]);
        Assert.Equal("agreement with the teacher is 0.9, the gate asks for at least 0.95.", failures[1]);
        Assert.StartsWith("ECE above the teacher's is 0.", failures[2], StringComparison.Ordinal);
        Assert.Equal("latency p95 is 3 ms, the gate asks for at most 2.5 ms.", failures[3]);
        Assert.Equal("size is 400 bytes, the gate asks for at most 399 bytes.", failures[4]);
        Assert.Equal("gain over the baseline is 0.1, the gate asks for at least 0.2.", failures[5]);
    }

    [Fact]
    public void What_was_not_measured_fails()
    {
        var unmeasured = result with { Student = result.Student with { Facts = new ModelFacts(1, 1) } };
        Assert.Equal("latency p95 was not measured, the gate asks for at most 10 ms.",
            Assert.Single(GateCheck.Failures(unmeasured, new Gate(MaxLatencyP95Ms: 10))));
    }
}
