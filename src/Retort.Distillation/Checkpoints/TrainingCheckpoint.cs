using System.Globalization;
using Retort.Formats.Safetensors;
using Retort.Tensors;
using Retort.Training;

namespace Retort.Checkpoints;

/// <summary>
/// A training run frozen between two updates: weights, state, optimiser, average, best weights and counters in one safetensors file,
/// written beside and renamed, so that a kill leaves the old one or the new one.
/// </summary>
public static class TrainingCheckpoint
{
    public static void Save(TrainingPlan plan, TrainState state)
    {
        var tensors = Tensors(state).Select(pair => SafetensorsTensor.FromFloats(pair.Name, [pair.Value.Shape.Count], pair.Value.Device.ToFloats(pair.Value))).ToList();
        if (state.BestEpoch >= 0)
        {
            tensors.Add(SafetensorsTensor.FromFloats("best.parameters", [state.BestParameters.Length], state.BestParameters));
            tensors.Add(SafetensorsTensor.FromFloats("best.state", [state.BestState.Length], state.BestState));
        }
        SafetensorsWriter.Write(plan.CheckpointPath, tensors, new Dictionary<string, string>
        {
            ["updates"] = state.Updates.ToString(CultureInfo.InvariantCulture),
            ["best_loss"] = state.BestLoss.ToString("R", CultureInfo.InvariantCulture),
            ["best_epoch"] = state.BestEpoch.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Puts a saved run back, if there is one.</summary>
    public static bool TryRestore(TrainingPlan plan, TrainState state)
    {
        if (!File.Exists(plan.CheckpointPath)) return false;
        using var reader = SafetensorsReader.Open(plan.CheckpointPath);
        foreach (var (name, value) in Tensors(state)) value.Device.Write(value, Read(reader, plan.CheckpointPath, name, value.Shape.Count));
        state.Updates = long.Parse(reader.Metadata["updates"], CultureInfo.InvariantCulture);
        state.BestLoss = double.Parse(reader.Metadata["best_loss"], CultureInfo.InvariantCulture);
        state.BestEpoch = int.Parse(reader.Metadata["best_epoch"], CultureInfo.InvariantCulture);
        if (state.BestEpoch >= 0)
        {
            state.BestParameters = Read(reader, plan.CheckpointPath, "best.parameters", state.Module.Weights.Flat.Shape.Count);
            state.BestState = Read(reader, plan.CheckpointPath, "best.state", state.Module.Weights.FlatState.Shape.Count);
        }
        return true;
    }

    private static float[] Read(SafetensorsReader reader, string path, string name, long count)
    {
        if (!reader.Entries.TryGetValue(name, out var entry) || entry.Shape.Length != 1 || entry.Shape[0] != count)
            throw new RetortException(path, $"holds no '{name}' of {count} numbers: it belongs to another recipe.", "the checkpoint of this recipe.", "use a new --out folder, or delete the checkpoints folder.");
        var values = new float[count];
        reader.ReadFloats(name, values);
        return values;
    }

    private static IEnumerable<(string Name, Tensor Value)> Tensors(TrainState state)
    {
        yield return ("parameters", state.Module.Weights.Flat);
        yield return ("state", state.Module.Weights.FlatState);
        foreach (var (name, value) in state.Optimizer.State) yield return ($"optimizer.{name}", value);
        if (state.Average is { } average) yield return ("average", average.Average);
    }
}
