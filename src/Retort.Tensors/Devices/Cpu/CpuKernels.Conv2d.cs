namespace Retort.Tensors.Devices.Cpu;

/// <summary>Convolution.</summary>
internal sealed unsafe partial class CpuKernels
{
    public override void Conv2d(in Window window, Storage x, Storage weight, Storage bias, Storage y) =>
        _convolver.Forward(window, Floats(x), weight.IsNarrow ? Widened(weight, window.OutputChannels) : Floats(weight), Floats(bias),
            Floats(y));

    public override void Conv2dBackward(in Window window, Storage x, Storage weight, Storage dy, Storage dx, bool accumulate,
        Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias) =>
        _convolver.Backward(window, Floats(x), Floats(weight), Floats(dy), Floats(dx), accumulate, Floats(dWeight), accumulateWeight,
            Floats(dBias), accumulateBias);

    /// <summary>All of a frozen layer's weights: they are few beside its images.</summary>
    private float* Widened(Storage weight, long rows)
    {
        var columns = weight.Length / rows;
        var matrix = new NarrowMatrix(weight, columns);
        var wide = _wide.Floats(weight.Length);
        for (var row = 0L; row < rows; row++) NarrowRows.Widen(matrix, row, 0, checked((int)columns), wide + row * columns);
        return wide;
    }
}
