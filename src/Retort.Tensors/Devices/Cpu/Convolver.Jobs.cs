namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class Convolver
{
    /// <summary>Column matrix of some images of one group: [patch, images · pixels].</summary>
    private static float* Columns(in Plan plan, float* x, long first, int count, int group, Scratch scratch)
    {
        if (plan.IsPointwise && count == 1) return x + plan.InputOffset(first, group);
        var stride = (nint)count * plan.Pixels;
        var columns = scratch.Columns.Floats(plan.Patch * (long)stride);
        for (var i = 0; i < count; i++)
            ColumnMatrix.Gather(plan.Window, x + plan.InputOffset(first + i, group), plan.InputChannels, columns
                + (nint)i * plan.Pixels, stride);
        return columns;
    }

    private struct ForwardJob : IChunkJob
    {
        public Plan Plan;
        public ImplicitColumns Implicit; // of image 0; no table = columns are gathered
        public float* X, Weight, Bias, Y;
        public nint Owner;

        public readonly void Run(long chunk, int thread)
        {
            var owner = From(Owner);
            var scratch = owner._scratch[thread];
            var first = Plan.First(chunk);
            var count = Plan.Count(chunk);
            var stride = (nint)count * Plan.Pixels;
            for (var group = 0; group < Plan.Window.Groups; group++)
            {
                var implicitly = Plan.Of(Implicit, X, first, count, group);
                var columns = implicitly.Masks != null
                    ? new Operand(null, 0, false, &implicitly)
                    : new Operand(Columns(Plan, X, first, count, group, scratch), stride, false);
                var channel = (long)group * Plan.OutputChannels;
                var output = count == 1 ? Y + Plan.OutputOffset(first, group) : scratch.Outputs.Floats(Plan.OutputChannels * (long)stride);
                var weight = new Operand(Weight + channel * Plan.Patch, Plan.Patch, false);
                var product = new Product(Plan.OutputChannels, stride, Plan.Patch, weight, columns, output, stride, false);
                owner.Multiply(product, Plan.Bundles == 1, thread);
                Finish(first, count, group, output, stride);
            }
        }

        /// <summary>Adds the bias and, of several images, gives each its planes.</summary>
        private readonly void Finish(long first, int count, int group, float* output, nint stride)
        {
            for (var i = 0; i < count; i++)
                for (var channel = 0; channel < Plan.OutputChannels; channel++)
                {
                    var to = Y + (Plan.OutputOffset(first + i, group) + (long)channel * Plan.Pixels);
                    if (count > 1) FloatRows.Copy(output + (channel * stride + (nint)i * Plan.Pixels), to, Plan.Pixels);
                    if (Bias != null) FloatRows.Add(Bias[(long)group * Plan.OutputChannels + channel], to, Plan.Pixels);
                }
        }
    }

    private struct BackwardJob : IChunkJob
    {
        public Plan Plan;
        public long Parts;
        public float* X, Weight, Gradient, InputGradient, PartialSums;
        public bool Accumulate;
        public nint Owner;

        /// <summary>A part is a fixed run of images whose weight gradients add up in order.</summary>
        public readonly void Run(long chunk, int thread)
        {
            long from = Plan.Bundles * chunk / Parts, to = Plan.Bundles * (chunk + 1) / Parts;
            for (var bundle = from; bundle < to; bundle++)
                for (var group = 0; group < Plan.Window.Groups; group++) Run(chunk, bundle, group, bundle > from, thread);
        }

        private readonly void Run(long part, long bundle, int group, bool later, int thread)
        {
            var owner = From(Owner);
            var scratch = owner._scratch[thread];
            var alone = Parts == 1;
            var first = Plan.First(bundle);
            var count = Plan.Count(bundle);
            var stride = (nint)count * Plan.Pixels;
            var weights = (long)group * Plan.OutputChannels * Plan.Patch;
            var gradient = new Operand(Together(first, count, group, scratch), stride, false);
            if (PartialSums != null)
            {
                var columns = new Operand(Columns(Plan, X, first, count, group, scratch), stride, true);
                var sums = PartialSums + (part * Plan.Window.OutputChannels * Plan.Patch + weights);
                owner.Multiply(new Product(Plan.OutputChannels, Plan.Patch, stride, gradient, columns, sums, Plan.Patch, later), alone,
                    thread);
            }
            if (InputGradient == null) return;
            var weight = new Operand(Weight + weights, Plan.Patch, true);
            if (Plan.IsPointwise && count == 1)
            {
                owner.Multiply(new Product(Plan.Patch, stride, Plan.OutputChannels, weight, gradient, InputGradient
                    + Plan.InputOffset(first, group), stride, Accumulate), alone, thread);
                return;
            }
            var result = scratch.Columns.Floats(Plan.Patch * (long)stride);
            owner.Multiply(new Product(Plan.Patch, stride, Plan.OutputChannels, weight, gradient, result, stride, false), alone, thread);
            for (var i = 0; i < count; i++)
            {
                var image = InputGradient + Plan.InputOffset(first + i, group);
                if (!Accumulate) new Span<float>(image, Plan.InputChannels * Plan.InputPixels).Clear();
                ColumnMatrix.ScatterAdd(Plan.Window, result + (nint)i * Plan.Pixels, stride, Plan.InputChannels, image);
            }
        }

        /// <summary>Output gradients of some images side by side: [channels, images · pixels].</summary>
        private readonly float* Together(long first, int count, int group, Scratch scratch)
        {
            if (count == 1) return Gradient + Plan.OutputOffset(first, group);
            var stride = (nint)count * Plan.Pixels;
            var together = scratch.Outputs.Floats(Plan.OutputChannels * (long)stride);
            for (var i = 0; i < count; i++)
                for (var channel = 0; channel < Plan.OutputChannels; channel++)
                    FloatRows.Copy(Gradient + (Plan.OutputOffset(first + i, group) + (long)channel * Plan.Pixels), together
                        + (channel * stride + (nint)i * Plan.Pixels), Plan.Pixels);
            return together;
        }
    }

    private struct AddParts : IChunkJob
    {
        public long Parts, Count;
        public float* PartialSums, Result;
        public bool Accumulate;

        public readonly void Run(long chunk, int thread)
        {
            var from = chunk * SumChunk;
            var count = (nint)Math.Min(SumChunk, Count - from);
            if (!Accumulate) FloatRows.Clear(Result + from, count);
            for (var part = 0L; part < Parts; part++) FloatRows.Add(PartialSums + (part * Count + from), Result + from, count);
        }
    }

    private struct BiasSums : IChunkJob
    {
        public Plan Plan;
        public float* Gradient, Sums;
        public bool Accumulate;

        public readonly void Run(long chunk, int thread)
        {
            double sum = Accumulate ? Sums[chunk] : 0;
            for (var image = 0L; image < Plan.Window.Batch; image++)
                sum += FloatRows.Sum(Gradient + (image * Plan.Window.OutputChannels + chunk) * Plan.Pixels, Plan.Pixels);
            Sums[chunk] = (float)sum;
        }
    }
}
