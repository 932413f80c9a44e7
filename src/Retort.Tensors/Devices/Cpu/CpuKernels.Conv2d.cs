namespace Retort.Tensors.Devices.Cpu;

/// <summary>Convolution.</summary>
internal sealed unsafe partial class CpuKernels
{
    public override void Conv2d(in Window window, Storage x, Storage weight, Storage bias, Storage y) =>
        _convolver.Forward(window, Floats(x), Floats(weight), Floats(bias), Floats(y));

    public override void Conv2dBackward(in Window window, Storage x, Storage weight, Storage dy, Storage dx, bool accumulate,
        Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias) =>
        _convolver.Backward(window, Floats(x), Floats(weight), Floats(dy), Floats(dx), accumulate, Floats(dWeight), accumulateWeight,
            Floats(dBias), accumulateBias);
}
