using Retort.Data;
using Retort.Nn;
using Retort.Students;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>What every choice is made by: a score on the validation part, the larger the better, and of equal ones the loss.</summary>
public interface IValidation
{
    /// <summary>For people.</summary>
    string ScoreName { get; }

    /// <summary>In the log.</summary>
    string EventName { get; }

    (double Score, double Loss) Measure(Module module, Device device);
}

/// <summary>Of examples, by <see cref="Validation"/>.</summary>
/// <param name="data">The validation part.</param>
public sealed class ExampleValidation(Dataset data) : IValidation
{
    public string ScoreName => data.ScoreName;
    public string EventName => data.Numbers is null ? "validation_accuracy" : "validation_r2";

    public (double Score, double Loss) Measure(Module module, Device device) =>
        Validation.Measure(Predictor.Logits(module, data, device), data);
}
