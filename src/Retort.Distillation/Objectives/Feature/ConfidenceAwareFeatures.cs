using Retort.Nn;
using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = mean_n Σ_k w_k,n · mean‖r_k(h_student) − h_k‖², w_k,n = (1 − softmax_k(CE(y_n, c_k(r_k(h_student)))))/(K − 1): h are the values
/// before the last layer, r_k is the adapter to teacher k, c_k that teacher's own last layer; who would rightly classify what the student
/// sees counts more (Zhang et al. 2022, CA-MKD, the term on features). As in the authors' code gradients flow through the weights too. Two
/// or more teachers, live.
/// </summary>
public sealed class ConfidenceAwareFeatures : Objective
{
    private readonly string _path;
    private readonly Adapter[] _adapters;

    public ConfidenceAwareFeatures(ObjectiveContext given)
    {
        _path = given.Surroundings.StudentLast;
        var student = given.Surroundings.StudentTaps[_path];
        Weights = new Weights();
        _adapters = [.. given.Surroundings.TeachersLast.Select((teacher, k) =>
            new Adapter(Weights, $"adapter.{k}", new PairShapes(student, teacher)))];
    }

    public static ObjectiveEntry Entry { get; } =
        new("confidence-aware-features", "CA-MKD features: last hidden values, of teachers weighted by how right they are on the student's",
        "Zhang et al. 2022, arXiv 2201.00007",
        "Σ_k w_k·mean‖r_k(h_student) − h_k‖², w_k = (1 − softmax_k(CE(y, c_k(r_k(h_student)))))/(K−1)",
        Needs.EachTeacher, given => new ConfidenceAwareFeatures(given))
    {
        LeastTeachers = 2,
        UsesClass = true,
        ComparesLast = true,
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters =>
        [.. _adapters.Select((adapter, k) => $"to teacher {k}: {adapter.Description}")];
    public override bool PullsAtLogits => false;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        List<Tensor> doubts = [], distances = [];
        for (var k = 0; k < _adapters.Length; k++)
        {
            var last = signals.Teachers[k].Last!;
            var (student, teacher) = _adapters[k].Match(step, signals.StudentAt(_path), last.Values);
            distances.Add(step.Mean(step.Flat(step.Square(step.Subtract(student, teacher))), -1, keep: true));
            doubts.Add(ConfidenceAwareTeachers.CrossEntropy(step, signals, last.Classifier.Forward(step, Adapter.Vector(step, student))));
        }
        return TeacherSignalsMixture.Weighted(step, doubts, distances);
    }
}
