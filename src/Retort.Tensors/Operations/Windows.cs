using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>Output sizes of sliding windows: ⌊(size + 2·padding − dilation·(window − 1) − 1)/stride⌋ + 1.</summary>
internal static class Windows
{
    public static Window Of(string operation, Shape x, long outputChannels, int height, int width, int stride, int padding,
        int dilation = 1, int groups = 1)
    {
        if (x.Rank != 4) throw new RetortException(operation, $"was given {x}.", "[N, C, H, W].");
        if (stride < 1 || padding < 0 || dilation < 1 || groups < 1)
            throw new RetortException(operation, $"stride {stride}, padding {padding}, dilation {dilation}, groups {groups}.",
                "positive numbers, padding 0 or more.");
        long Size(long size, int window) => (size + 2L * padding - dilation * (window - 1L) - 1) / stride + 1;
        long outputHeight = Size(x[2], height), outputWidth = Size(x[3], width);
        if (x[2] + 2L * padding < dilation * (height - 1L) + 1 || x[3] + 2L * padding < dilation * (width - 1L) + 1)
            throw new RetortException(operation, $"a window of {height}×{width} (dilation {dilation}) on {x} with padding {padding}.",
                "a window that fits.");
        return new Window(x[0], x[1], x[2], x[3], outputChannels, outputHeight, outputWidth, height, width, stride, padding, dilation,
            groups);
    }

    public static Shape Output(in Window window) => new(window.Batch, window.OutputChannels, window.OutputHeight, window.OutputWidth);
}
