using System.Security.Cryptography;
using System.Text;
using Retort.Tensors;

namespace Retort.Teachers;

/// <summary>
/// Several teachers as one. Probabilities (default): z = ln Σ_k w_k·softmax(z_k); logits: z = Σ_k w_k·z_k. They differ: the first
/// is the mixture of the teachers' distributions, the second their normalised geometric mean.
/// </summary>
public sealed class AverageTeacher : ITeacher
{
    private readonly IReadOnlyList<(ITeacher Teacher, double Weight)> _members;
    private readonly bool _probabilities;

    /// <param name="members">Teachers and their weights; the weights are divided by their sum.</param>
    /// <param name="probabilities">Average probabilities, else logits.</param>
    public AverageTeacher(IReadOnlyList<(ITeacher Teacher, double Weight)> members, bool probabilities)
    {
        var total = members.Sum(member => member.Weight);
        _members = [.. members.Select(member => (member.Teacher, member.Weight / total))];
        _probabilities = probabilities;
        Classes = members[0].Teacher.Classes;
        foreach (var (teacher, _) in members)
            if (teacher.Classes != Classes)
                throw new RetortException("teacher", $"two teachers answer {Classes} and {teacher.Classes} classes.",
                    "the same classes from all.");
        var text = string.Join(";", _members.Select(member => FormattableString.Invariant($"{member.Teacher.Hash}*{member.Weight:R}")))
            + probabilities;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public IEnumerable<ITeacher> Members => _members.Select(member => member.Teacher);

    public Offers Offers => _members.Aggregate(Offers.HardLabels | Offers.DenseLogits, (offers, member) => offers & member.Teacher.Offers);
    public int Classes { get; }
    public string Hash { get; }

    public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits)
    {
        var sums = new double[count * Classes];
        foreach (var (teacher, weight) in _members)
        {
            teacher.Label(examples, count, logits);
            for (var row = 0; row < count; row++)
                AddRow(logits.Slice(row * Classes, Classes), weight, sums.AsSpan(row * Classes, Classes));
        }
        for (var i = 0; i < sums.Length; i++) logits[i] = (float)(_probabilities ? Math.Log(Math.Max(sums[i], 1e-38)) : sums[i]);
    }

    private void AddRow(ReadOnlySpan<float> row, double weight, Span<double> sums)
    {
        if (!_probabilities)
        {
            for (var i = 0; i < row.Length; i++) sums[i] += weight * row[i];
            return;
        }
        double maximum = row[0], normaliser = 0;
        foreach (var logit in row) maximum = Math.Max(maximum, logit);
        foreach (var logit in row) normaliser += Math.Exp(logit - maximum);
        for (var i = 0; i < row.Length; i++) sums[i] += weight * Math.Exp(row[i] - maximum) / normaliser;
    }

    public void Dispose()
    {
        foreach (var (teacher, _) in _members) teacher.Dispose();
    }
}
