using Retort.Evaluation;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors.Devices.Cpu;

namespace Retort;

/// <summary>What every stage has at hand.</summary>
internal sealed record Workshop(Recipe Recipe, RunFolder Run, CpuDevice Device, EventLog Events, IProgress<StageProgress> Progress,
    TimeProvider Time, RunRecord Record);

/// <summary>The work of the four stages, for one kind of data; <see cref="Distillation"/> says when.</summary>
internal interface IStages
{
    /// <summary>What the label stage left behind is all there.</summary>
    bool LabelsAreWhole { get; }

    void Label(CancellationToken cancellation);
    void Train(CancellationToken cancellation);
    EvaluationOutcome Eval(CancellationToken cancellation);
    void Export();
}
