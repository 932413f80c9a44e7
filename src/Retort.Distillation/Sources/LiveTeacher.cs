using Retort.Nn.Graphs;
using Retort.Objectives;
using Retort.Students;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Retort.Training;

namespace Retort.Sources;

/// <summary>
/// Teachers that answer inside the student's step, about the very view that the student sees; frozen, in evaluation mode, no tape.
/// </summary>
/// <param name="members">Teachers and their weights.</param>
/// <param name="probabilities">What several are averaged by; else logits.</param>
/// <param name="answers">Their mean is the step's label; false = the labels are stored and only hidden values are wanted.</param>
public sealed class LiveTeacher(IReadOnlyList<(ModuleTeacher Teacher, double Weight)> members, bool probabilities, bool answers)
    : ILiveTeacher, IDisposable
{
    private bool _last;
    private readonly double _total = members.Sum(member => member.Weight);

    public IReadOnlyList<string> TapNames => members[0].Teacher.Module.TapNames;

    /// <summary>Hidden values are the first teacher's.</summary>
    public IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps)
    {
        members[0].Teacher.Module.Watch(taps);
        return TapShapes.Of(members[0].Teacher.Module, members[0].Teacher.Device);
    }

    /// <exception cref="RetortException">A teacher has no layer before its last.</exception>
    public IReadOnlyList<Shape> WatchLast()
    {
        foreach (var module in members.Select(member => member.Teacher.Module))
            module.Watch([.. module.Watched, module.Last?.Path ?? throw new RetortException("teacher",
                $"{module.GetType().Name} has no values before its last layer.", "mlps with hidden layers, and conv-nets.")]);
        _last = true;
        return [.. members.Select(member =>
            TapShapes.Of(member.Teacher.Module, member.Teacher.Device)[member.Teacher.Module.Last!.Value.Path])];
    }

    public void Attach(NodeGraph graph)
    {
        foreach (var (teacher, _) in members) (teacher.Module as GraphModel)?.Attach(graph);
    }

    public LiveAnswer Answer(Step step, Tensor examples, double progress, bool gradients = false) =>
        gradients ? step.Evaluated(() => Answer(step, examples)) : step.Frozen(() => Answer(step, examples));

    private LiveAnswer Answer(Step step, Tensor examples)
    {
        List<TeacherSignals> said = [.. members.Select(member =>
        {
            var module = member.Teacher.Module;
            var logits = module.Forward(step, step.Reshape(examples, module.BatchShape((int)examples.Shape[0])));
            return new TeacherSignals(logits, member.Weight / _total, new Dictionary<string, Tensor>(module.Tapped))
            {
                Last = _last && module.Last is { } last ? new LastLayer(module.Tapped[last.Path], last.Classifier) : null,
            };
        })];
        TeacherTarget? target = !answers
            ? null
            : TeacherTarget.Logits(said.Count == 1 ? said[0].Logits : probabilities ? said.LogMixture(step) : said.MeanLogits(step));
        return new LiveAnswer(target, said);
    }

    public void Dispose()
    {
        foreach (var (teacher, _) in members) teacher.Dispose();
    }
}
