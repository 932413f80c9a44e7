using Retort.Checkpoints;
using Retort.Data;
using Retort.Evaluation;
using Retort.Evaluation.Metrics;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>
/// A student whose last layer is divided by the one temperature that validation likes best (Guo et al. 2017, section 4.2): no class
/// changes, and its probabilities are honest wherever its files run.
/// </summary>
internal static class CalibratedStudent
{
    /// <param name="student">Folder of a finished classifier of texts.</param>
    /// <param name="target">Gets the same files, but for those numbers.</param>
    /// <param name="validation">By which the temperature is chosen.</param>
    /// <param name="device">Where it is asked.</param>
    /// <returns>The temperature.</returns>
    public static double Write(string student, string target, Dataset validation, Device device)
    {
        var (module, description) = ModelCheckpoint.Load(student, device);
        using (module)
        {
            var temperature = BestTemperature.Of(new Predictions("student", validation.Classes, Predictor.Logits(module, validation, device)),
                validation.Labels);
            var last = module is Bert ? Bert.ClassifierName : "output";
            foreach (var parameter in module.Weights.Parameters)
                if (parameter.Name == $"{last}.weight" || parameter.Name == $"{last}.bias")
                    device.Write(parameter.Value, [.. device.ToFloats(parameter.Value).Select(value => (float)(value / temperature))]);
            ModelCheckpoint.Copy(student, target);
            ModelCheckpoint.Save(target, module, description);
            return temperature;
        }
    }
}
