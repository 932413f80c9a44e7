namespace Retort.Tensors.Devices.Reference;

/// <summary>Convolution and pooling: every output cell looks at its window.</summary>
internal sealed partial class ReferenceKernels
{
    private delegate void VisitCell(long output, long input, long weight);

    public override void Conv2d(in Window window, Storage x, Storage weight, Storage bias, Storage y)
    {
        var w = window;
        for (var i = 0; i < y.Length; i++) Reals(y)[i] = bias.Length > 0
            ? Reals(bias)[(int)(i / (w.OutputHeight * w.OutputWidth) % w.OutputChannels)]
            : 0;
        var kernels = Reals(weight, w.OutputChannels).ToArray();
        Convolve(window, (output, input, kernel) => Reals(y)[(int)output] += Reals(x)[(int)input] * kernels[(int)kernel]);
    }

    public override void Conv2dBackward(in Window window, Storage x, Storage weight, Storage dy, Storage dx, bool accumulate,
        Storage dWeight, bool accumulateWeight, Storage dBias, bool accumulateBias)
    {
        if (!accumulate) Reals(dx).Clear();
        if (!accumulateWeight) Reals(dWeight).Clear();
        if (!accumulateBias) Reals(dBias).Clear();
        Convolve(window, (output, input, kernel) =>
        {
            var upstream = Reals(dy)[(int)output];
            if (dx.Length > 0) Reals(dx)[(int)input] += upstream * Reals(weight)[(int)kernel];
            if (dWeight.Length > 0) Reals(dWeight)[(int)kernel] += upstream * Reals(x)[(int)input];
        });
        for (var i = 0; i < dy.Length && dBias.Length > 0; i++)
            Reals(dBias)[(int)(i / (window.OutputHeight * window.OutputWidth) % window.OutputChannels)] += Reals(dy)[i];
    }

    /// <summary>Every (output, input, weight) that belong together, as places in their buffers.</summary>
    private static void Convolve(in Window w, VisitCell visit)
    {
        long depth = w.InputChannels / w.Groups, height = w.OutputChannels / w.Groups;
        for (var image = 0L; image < w.Batch; image++)
            for (var channel = 0L; channel < w.OutputChannels; channel++)
                for (var cell = 0L; cell < w.OutputHeight * w.OutputWidth; cell++)
                    for (var plane = 0L; plane < depth; plane++)
                        for (var at = 0; at < w.KernelHeight * w.KernelWidth; at++)
                        {
                            var place = Place(w, cell, at);
                            if (place < 0) continue; // zero padding
                            var output = (image * w.OutputChannels + channel) * w.OutputHeight * w.OutputWidth + cell;
                            var input = (image * w.InputChannels + channel / height * depth + plane) * w.InputHeight * w.InputWidth + place;
                            visit(output, input, (channel * depth + plane) * w.KernelHeight * w.KernelWidth + at);
                        }
    }

    /// <summary>Position h·W + w that window cell <paramref name="at"/> of an output cell looks at; −1 in the padding.</summary>
    private static long Place(in Window w, long cell, int at)
    {
        var row = cell / w.OutputWidth * w.Stride - w.Padding + at / w.KernelWidth * w.Dilation;
        var column = cell % w.OutputWidth * w.Stride - w.Padding + at % w.KernelWidth * w.Dilation;
        return row < 0 || row >= w.InputHeight || column < 0 || column >= w.InputWidth ? -1 : row * w.InputWidth + column;
    }

    public override void MaxPool2d(in Window window, Storage x, Storage y, Storage indices)
    {
        var cells = window.OutputHeight * window.OutputWidth;
        for (var i = 0; i < y.Length; i++)
        {
            var image = Plane(window, x, i);
            var best = -1L;
            for (var at = 0; at < window.KernelHeight * window.KernelWidth; at++)
            {
                var place = Place(window, i % cells, at);
                if (place >= 0 && (best < 0 || Beats(image[(int)place], image[(int)best]))) best = place;
            }
            Reals(y)[i] = image[(int)best];
            Integers(indices)[i] = (int)best;
        }
    }

    public override void MaxPool2dBackward(in Window window, Storage indices, Storage dy, Storage dx, bool accumulate)
    {
        if (!accumulate) Reals(dx).Clear();
        for (var i = 0; i < dy.Length; i++) Plane(window, dx, i)[Integers(indices)[i]] += Reals(dy)[i];
    }

    public override void AveragePool2d(in Window window, bool countPadding, Storage x, Storage y)
    {
        for (var i = 0; i < y.Length; i++)
        {
            var places = Places(window, i % (window.OutputHeight * window.OutputWidth));
            var sum = 0.0;
            foreach (var place in places) sum += Plane(window, x, i)[(int)place];
            Reals(y)[i] = sum / (countPadding ? window.KernelHeight * window.KernelWidth : places.Count);
        }
    }

    public override void AveragePool2dBackward(in Window window, bool countPadding, Storage dy, Storage dx, bool accumulate)
    {
        if (!accumulate) Reals(dx).Clear();
        for (var i = 0; i < dy.Length; i++)
        {
            var places = Places(window, i % (window.OutputHeight * window.OutputWidth));
            foreach (var place in places)
                Plane(window, dx, i)[(int)place] += Reals(dy)[i] / (countPadding ? window.KernelHeight * window.KernelWidth : places.Count);
        }
    }

    public override void AdaptiveAveragePool2d(in Window window, Storage x, Storage y)
    {
        for (var i = 0; i < y.Length; i++)
        {
            var places = Region(window, i % (window.OutputHeight * window.OutputWidth));
            var sum = 0.0;
            foreach (var place in places) sum += Plane(window, x, i)[(int)place];
            Reals(y)[i] = sum / places.Count;
        }
    }

    public override void AdaptiveAveragePool2dBackward(in Window window, Storage dy, Storage dx, bool accumulate)
    {
        if (!accumulate) Reals(dx).Clear();
        for (var i = 0; i < dy.Length; i++)
        {
            var places = Region(window, i % (window.OutputHeight * window.OutputWidth));
            foreach (var place in places) Plane(window, dx, i)[(int)place] += Reals(dy)[i] / places.Count;
        }
    }

    /// <summary>The input image of one channel that output element <paramref name="i"/> came from.</summary>
    private static Span<double> Plane(in Window w, Storage images, long i)
    {
        var size = (int)(w.InputHeight * w.InputWidth);
        return Reals(images).Slice((int)(i / (w.OutputHeight * w.OutputWidth)) * size, size);
    }

    private static List<long> Places(Window w, long cell) =>
        [.. Enumerable.Range(0, w.KernelHeight * w.KernelWidth).Select(at => Place(w, cell, at)).Where(place => place >= 0)];

    private static List<long> Region(in Window w, long cell)
    {
        long row = cell / w.OutputWidth, column = cell % w.OutputWidth;
        var places = new List<long>();
        for (var i = row * w.InputHeight / w.OutputHeight; i < Above(row, w.InputHeight, w.OutputHeight); i++)
            for (var j = column * w.InputWidth / w.OutputWidth; j < Above(column, w.InputWidth, w.OutputWidth); j++)
                places.Add(i * w.InputWidth + j);
        return places;
    }

    /// <summary>⌈(index + 1)·size/outputs⌉.</summary>
    private static long Above(long index, long size, long outputs) => ((index + 1) * size + outputs - 1) / outputs;
}
