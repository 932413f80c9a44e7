using Retort.Formats.Gguf;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Checkpoints;

/// <summary>A causal language model in a GGUF file, its quantised weights widened.</summary>
public static class GgufCheckpoint
{
    /// <exception cref="RetortException">The file has not the tensors that its metadata describe, or a number is not finite.</exception>
    public static Gpt Load(string path, Device device)
    {
        using var file = GgufReader.Open(path);
        var shape = GgufShape.Of(file);
        var model = new Gpt(shape);
        try
        {
            var names = model.Weights.Parameters.ToDictionary(parameter => GgufNames.Of(parameter.Name, shape.OutputNorms));
            foreach (var entry in file.Entries.Values)
                if (!names.ContainsKey(entry.Name) && entry.Name != GgufNames.RotaryFactors)
                    throw new FormatException(path, $"nothing in the model is called '{entry.Name}'",
                        $"expected the {names.Count} tensors of a {file.Text("general.architecture")}");
            foreach (var (name, parameter) in names) // all names and shapes before any memory is taken
                if (!file.Entries.TryGetValue(name, out var entry) || !entry.Shape.SequenceEqual(parameter.Shape.ToArray()))
                    throw new FormatException(path,
                        entry is null ? $"there is no tensor '{name}'" : $"tensor '{name}' has shape [{string.Join(", ", entry.Shape)}]",
                        $"expected {parameter.Shape}, from the file's metadata", "the file is damaged: convert the model again");
            model.Build(device, default);
            var layout = new GgufLayout(shape, file.Text("general.architecture") == "llama");
            foreach (var (name, parameter) in names)
            {
                var values = new float[parameter.Shape.Count];
                file.ReadFloats(name, values);
                var bad = Array.FindIndex(values, value => !float.IsFinite(value));
                if (bad >= 0)
                    throw new FormatException(path, $"element {bad} of tensor '{name}' is {values[bad]}", "expected finite weights",
                        "the file is damaged, or its training diverged: take another one");
                device.Write(parameter.Value, layout.FromFile(parameter, values));
            }
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
