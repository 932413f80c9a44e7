namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The input gradient of a convolution of stride 1 is itself a convolution: of the output gradient, with the weights turned by
/// half a circle and input and output channels exchanged. Nothing is scattered then.
/// </summary>
internal sealed unsafe partial class Convolver
{
    // With fewer channels the product has too few rows to pay for packing its columns.
    private const long FewestChannels = 8;

    private static bool CanTurn(in Window window) =>
        window.Stride == 1 && window.InputChannels / window.Groups >= FewestChannels && window.KernelHeight == window.KernelWidth
            && TurnedPadding(window) >= 0;

    private static int TurnedPadding(in Window window) => window.Dilation * (window.KernelHeight - 1) - window.Padding;

    private static Window Turned(in Window window) => window with
    {
        InputChannels = window.OutputChannels, InputHeight = window.OutputHeight, InputWidth = window.OutputWidth,
        OutputChannels = window.InputChannels, OutputHeight = window.InputHeight, OutputWidth = window.InputWidth,
            Padding = TurnedPadding(window),
    };

    /// <param name="window">Of the forward convolution.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="weight">[outputs, inputs of a group, taps]</param>
    /// <returns>[inputs, outputs of a group, taps reversed]</returns>
    private float* TurnedWeights(in Window window, in Plan plan, float* weight)
    {
        var taps = window.KernelHeight * window.KernelWidth;
        var turned = _turned.Floats(window.OutputChannels * plan.Patch);
        for (var group = 0; group < window.Groups; group++)
            for (var output = 0; output < plan.OutputChannels; output++)
                for (var input = 0; input < plan.InputChannels; input++)
                {
                    var from = weight + (((long)group * plan.OutputChannels + output) * plan.InputChannels + input) * taps;
                    var to = turned + (((long)group * plan.InputChannels + input) * plan.OutputChannels + output) * taps;
                    for (var tap = 0; tap < taps; tap++) to[taps - 1 - tap] = from[tap];
                }
        return turned;
    }
}
