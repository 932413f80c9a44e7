using System.Globalization;
using Retort.Formats.Safetensors;
using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Training;

namespace Retort.Checkpoints;

/// <summary>
/// A training run frozen between two updates: weights, state, optimiser, average, best weights and counters in one safetensors file,
/// written beside and renamed, so that a kill leaves the old one or the new one.
/// </summary>
public static class TrainingCheckpoint
{
    /// <param name="plan">Names the file.</param>
    /// <param name="states">Of the learners of one loop, all after the same update.</param>
    public static void Save(TrainingPlan plan, params IReadOnlyList<TrainState> states)
    {
        var tensors = new List<SafetensorsTensor>();
        var metadata = new Dictionary<string, string>();
        for (var i = 0; i < states.Count; i++)
        {
            var (state, prefix) = (states[i], Prefix(i));
            tensors.AddRange(Tensors(state).Select(pair =>
                SafetensorsTensor.FromFloats(prefix + pair.Name, [pair.Value.Shape.Count], pair.Value.Device.ToFloats(pair.Value))));
            foreach (var (number, memory) in state.Memories.Index())
            {
                var bytes = memory.Remembered();
                tensors.Add(SafetensorsTensor.FromBytes(Memory(prefix, number), [bytes.Length], bytes));
            }
            if (state.BestEpoch >= 0)
            {
                tensors.Add(SafetensorsTensor.FromFloats(prefix + "best.parameters", [state.BestParameters.Length], state.BestParameters));
                tensors.Add(SafetensorsTensor.FromFloats(prefix + "best.state", [state.BestState.Length], state.BestState));
            }
            metadata[prefix + "updates"] = state.Updates.ToString(CultureInfo.InvariantCulture);
            metadata[prefix + "best_loss"] = state.BestLoss.ToString("R", CultureInfo.InvariantCulture);
            metadata[prefix + "best_epoch"] = state.BestEpoch.ToString(CultureInfo.InvariantCulture);
        }
        SafetensorsWriter.Write(plan.CheckpointPath, tensors, metadata);
    }

    /// <summary>Puts a saved run back, if there is one.</summary>
    public static bool TryRestore(TrainingPlan plan, params IReadOnlyList<TrainState> states)
    {
        if (!File.Exists(plan.CheckpointPath)) return false;
        using var reader = SafetensorsReader.Open(plan.CheckpointPath);
        for (var i = 0; i < states.Count; i++) Restore(reader, plan.CheckpointPath, states[i], Prefix(i));
        return true;
    }

    private static void Restore(SafetensorsReader reader, string path, TrainState state, string prefix)
    {
        foreach (var (name, value) in Tensors(state)) value.Device.Write(value, Read(reader, path, prefix + name, value.Shape.Count));
        for (var number = 0; number < state.Memories.Count; number++)
            state.Memories[number].Recall(reader.Entries.ContainsKey(Memory(prefix, number))
                ? reader.Bytes(Memory(prefix, number)).ToArray()
                : throw Foreign(path, $"no '{Memory(prefix, number)}'"));
        state.Updates = Number<long>("updates");
        state.BestLoss = Number<double>("best_loss");
        state.BestEpoch = Number<int>("best_epoch");
        if (state.BestEpoch < 0) return;
        state.BestParameters = Read(reader, path, prefix + "best.parameters", state.Module.Learning.Flat.Shape.Count);
        state.BestState = Read(reader, path, prefix + "best.state", state.Module.Learning.FlatState.Shape.Count);

        T Number<T>(string name) where T : IParsable<T> => reader.Metadata.TryGetValue(prefix + name, out var text)
            && T.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
            : throw new RetortException(path, $"does not say '{prefix + name}' as a number: it is damaged.", "a checkpoint of retort.",
                "delete it: this model is trained again from its start.");
    }

    private static RetortException Foreign(string path, string what) => new(path, $"holds {what}: it belongs to another recipe.",
        "the checkpoint of this recipe.", "use a new --out folder, or delete the checkpoints folder.");

    private static string Memory(string prefix, int number) => $"{prefix}memory.{number}";

    private static string Prefix(int learner) => learner == 0 ? "" : $"peer.{learner}.";

    private static float[] Read(SafetensorsReader reader, string path, string name, long count)
    {
        if (!reader.Entries.TryGetValue(name, out var entry) || entry.Shape.Length != 1 || entry.Shape[0] != count)
            throw Foreign(path, $"no '{name}' of {count} numbers");
        var values = new float[count];
        reader.ReadFloats(name, values);
        return values;
    }

    private static IEnumerable<(string Name, Tensor Value)> Tensors(TrainState state)
    {
        yield return ("parameters", state.Module.Learning.Flat);
        yield return ("state", state.Module.Learning.FlatState);
        foreach (var (name, value) in state.Optimizer.State) yield return ($"optimizer.{name}", value);
        foreach (var tensor in Tensors("objective", state.Objectives).Concat(Tensors("maker", state.Makers))) yield return tensor;
        if (state.Average is { } average) yield return ("average", average.Average);
    }

    private static IEnumerable<(string Name, Tensor Value)> Tensors(string kind,
        IReadOnlyList<(Weights Weights, Optimizer Optimizer)> trained)
    {
        for (var i = 0; i < trained.Count; i++)
        {
            var (weights, optimizer) = trained[i];
            yield return ($"{kind}.{i}.parameters", weights.Flat);
            yield return ($"{kind}.{i}.state", weights.FlatState);
            foreach (var (name, value) in optimizer.State) yield return ($"{kind}.{i}.optimizer.{name}", value);
        }
    }
}
