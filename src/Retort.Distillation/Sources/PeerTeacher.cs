using Retort.Nn;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Retort.Training;

namespace Retort.Sources;

/// <summary>
/// The other students of the loop as a teacher: what they say now, in evaluation mode and without gradient (Zhang et al. 2018, deep mutual
/// learning). Σ_l KL(p_l ‖ p)/(K − 1) over K − 1 peers has the gradient of KL against their mean probabilities, which is the answer here.
/// </summary>
/// <param name="others">Models that are trained in the same loop.</param>
public sealed class PeerTeacher(IReadOnlyList<Module> others) : ILiveTeacher
{
    public IReadOnlyList<string> TapNames => [];

    public IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps)
    {
        if (taps.Count > 0) throw new RetortException("peers", "hidden values of peers were asked for.",
            "objectives on answers: soft-label, teacher-mixture.");
        return new Dictionary<string, Shape>();
    }

    public LiveAnswer Answer(Step step, Tensor examples, double progress, bool gradients = false) => step.Frozen(() =>
    {
        List<TeacherSignals> said = [.. others.Select(peer =>
            new TeacherSignals(peer.Forward(step, examples), 1.0 / others.Count, new Dictionary<string, Tensor>()))];
        return new LiveAnswer(TeacherTarget.Logits(said.Count == 1 ? said[0].Logits : said.LogMixture(step)), said);
    });
}
