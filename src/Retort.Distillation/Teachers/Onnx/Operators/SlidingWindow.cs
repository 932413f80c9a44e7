using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>A window that slides over the spatial axes of [N, C, …]: what convolutions and pools share.</summary>
internal sealed class SlidingWindow
{
    /// <summary>Marks in <see cref="Places"/>: a cell of the padding, and one beyond even that.</summary>
    public const int Padding = -1, Beyond = -2;

    /// <param name="call">Its constants: strides, dilations, pads, auto_pad, ceil_mode.</param>
    /// <param name="input">Extents that it slides over.</param>
    /// <param name="kernel">Its own extents.</param>
    public SlidingWindow(OperatorCall call, int[] input, int[] kernel)
    {
        var rank = input.Length;
        Input = input;
        Kernel = kernel;
        Strides = Constants(call, "strides", rank, 1);
        Dilations = Constants(call, "dilations", rank, 1);
        Before = new int[rank];
        After = new int[rank];
        Output = new int[rank];
        if (kernel.Length != rank || Strides.Concat(Dilations).Concat(kernel).Any(number => number < 1))
            throw call.Refuse($"a window of {Extents.Text(kernel)} with strides {Extents.Text(Strides)} over {Extents.Text(input)}",
                "a number of 1 or more for each spatial axis.");
        var automatic = call.Text("auto_pad", "NOTSET");
        var pads = automatic is "NOTSET" or "" ? call.Ints("pads") : null;
        for (var axis = 0; axis < rank; axis++)
        {
            if (automatic.StartsWith("SAME", StringComparison.Ordinal))
            {
                Output[axis] = (input[axis] + Strides[axis] - 1) / Strides[axis];
                var missing = Math.Max(0, (Output[axis] - 1) * Strides[axis] + Reach(axis) - input[axis]);
                Before[axis] = automatic == "SAME_LOWER" ? missing - missing / 2 : missing / 2;
                After[axis] = missing - Before[axis];
                continue;
            }
            if (pads is { Length: > 0 }) (Before[axis], After[axis]) = (checked((int)pads[axis]), checked((int)pads[axis + rank]));
            var room = input[axis] + (long)Before[axis] + After[axis] - Reach(axis);
            if (room < 0) throw call.Refuse($"a window of {Reach(axis)} over {input[axis]} with {Before[axis]} + {After[axis]} of padding");
            var steps = call.Int("ceil_mode", 0) == 1 ? (room + Strides[axis] - 1) / Strides[axis] : room / Strides[axis];
            // a last window that would begin behind the data is left out
            if (steps * Strides[axis] >= input[axis] + Before[axis]) steps = Math.Min(steps, room / Strides[axis]);
            Output[axis] = checked((int)steps + 1);
        }
    }

    public int[] Input { get; }
    public int[] Kernel { get; }
    public int[] Strides { get; }
    public int[] Dilations { get; }

    /// <summary>Padding in front and behind.</summary>
    public int[] Before { get; }
    public int[] After { get; }
    public int[] Output { get; }
    public int Taps => Extents.Count(Kernel);

    /// <summary>[outputs, taps]: where in the input each cell of each window lies, or a mark.</summary>
    public int[] Places()
    {
        var (outputs, taps) = (Extents.Count(Output), Taps);
        var places = new int[Extents.Count([outputs, taps])];
        var (outputStrides, kernelStrides, inputStrides) = (Extents.Strides(Output), Extents.Strides(Kernel), Extents.Strides(Input));
        for (var output = 0; output < outputs; output++)
            for (var tap = 0; tap < taps; tap++)
            {
                var place = 0;
                for (var axis = 0; axis < Input.Length && place != Beyond; axis++)
                {
                    var at = output / outputStrides[axis] % Output[axis] * Strides[axis] - Before[axis]
                        + tap / kernelStrides[axis] % Kernel[axis] * Dilations[axis];
                    if (at >= Input[axis] + After[axis]) place = Beyond;
                    else if (at < 0 || at >= Input[axis]) place = Padding;
                    else if (place >= 0) place += at * inputStrides[axis];
                }
                places[output * taps + tap] = place;
            }
        return places;
    }

    /// <summary>Whether both axes of an image have the same numbers, as the kernels want it.</summary>
    public bool IsEven => Strides.Distinct().Count() <= 1 && Dilations.Distinct().Count() <= 1;

    public static int[] Constants(OperatorCall call, string name, int rank, int missing)
    {
        var given = call.Ints(name);
        if (given is null or []) return [.. Enumerable.Repeat(missing, rank)];
        return given.Length == rank ? Extents.Of(given)
            : throw new RetortException($"ONNX node {call.Node.Title}", $"{given.Length} {name} for {rank} spatial axes.", "one an axis.");
    }

    /// <summary>Cells from the first to the last tap.</summary>
    private int Reach(int axis) => checked((Kernel[axis] - 1) * Dilations[axis] + 1);
}
