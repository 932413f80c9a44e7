using Retort.Nn.Graphs;
using Retort.Objectives;
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
public sealed class LiveTeacher(IReadOnlyList<(IInProcessTeacher Teacher, double Weight)> members, bool probabilities, bool answers)
    : ILiveTeacher, IDisposable
{
    private readonly double _total = members.Sum(member => member.Weight);

    public IReadOnlyList<string> TapNames => members[0].Teacher.TapNames;

    /// <summary>Hidden values are the first teacher's.</summary>
    public IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps) => members[0].Teacher.Watch(taps);

    /// <exception cref="RetortException">A teacher has no layer before its last.</exception>
    public IReadOnlyList<Shape> WatchLast() => [.. members.Select(member => member.Teacher.WatchLast())];

    public void Attach(NodeGraph graph)
    {
        foreach (var (teacher, _) in members) teacher.Attach(graph);
    }

    public LiveAnswer Answer(Step step, Tensor examples, double progress, bool gradients = false) =>
        gradients ? step.Evaluated(() => Answer(step, examples)) : step.Frozen(() => Answer(step, examples));

    private LiveAnswer Answer(Step step, Tensor examples)
    {
        List<TeacherSignals> said = [.. members.Select(member => new TeacherSignals(member.Teacher.Answer(step, examples),
            member.Weight / _total, new Dictionary<string, Tensor>(member.Teacher.Tapped))
        {
            Last = member.Teacher.Last is var (values, classifier) ? new LastLayer(values, classifier) : null,
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
