using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The column matrix of a convolution that keeps height and width (stride 1), never written out: a row is the plane of a channel,
/// shifted by its tap, so sixteen neighbouring pixels are one load under a mask. Panels are packed straight from the images.
/// </summary>
/// <remarks>Needs 512-bit vectors (a masked lane is never touched) and at least sixteen pixels a plane.</remarks>
internal unsafe struct ImplicitColumns
{
    private const int Panel = MicroKernels512.Columns;

    /// <summary>First plane of the first image; elements from image to image and from channel to channel.</summary>
    public float* Image;
    public nint ImageStride, PlaneStride;

    /// <summary>Pixels of a plane; pixels of all images together (columns of the matrix); weights of one channel.</summary>
    public int Pixels, Total, Taps;

    /// <summary>By tap: how far its input lies from the pixel; and [taps, Pixels + 16], −1 where that input is inside the image.</summary>
    public nint* Shifts;
    public int* Masks;

    public static bool Suits(in Window window) =>
        Avx512F.IsSupported && window.Stride == 1 && window.OutputHeight == window.InputHeight && window.OutputWidth == window.InputWidth
        && window.InputHeight * window.InputWidth >= Lanes.Count;

    public static long TableBytes(in Window window) =>
        (long)window.KernelHeight * window.KernelWidth * (sizeof(long)
            + (window.InputHeight * window.InputWidth + Lanes.Count) * sizeof(int));

    /// <summary>Fills the tables that all images share.</summary>
    public static ImplicitColumns Create(in Window window, void* table)
    {
        nint width = (nint)window.InputWidth, height = (nint)window.InputHeight;
        var columns = new ImplicitColumns { Pixels = (int)(width * height), Taps = window.KernelHeight * window.KernelWidth,
            PlaneStride = width * height, Shifts = (nint*)table };
        columns.Masks = (int*)(columns.Shifts + columns.Taps);
        for (var tap = 0; tap < columns.Taps; tap++)
        {
            nint down = (nint)(tap / window.KernelWidth) * window.Dilation - window.Padding,
                right = (nint)(tap % window.KernelWidth) * window.Dilation - window.Padding;
            columns.Shifts[tap] = down * width + right;
            var masks = columns.Masks + (nint)tap * columns.MaskStride;
            for (nint y = 0; y < height; y++)
                for (nint x = 0; x < width; x++)
                    masks[y * width + x] = (nuint)(y + down) < (nuint)height && (nuint)(x + right) < (nuint)width ? -1 : 0;
            for (var i = 0; i < Lanes.Count; i++) masks[columns.Pixels + i] = masks[i]; // the next image begins
        }
        return columns;
    }

    private readonly int MaskStride => Pixels + Lanes.Count;

    /// <summary>Panels [k][32] of the columns [column, column + width) and the rows [first, first + depth).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void PackPanels(int column, int width, int first, int depth, float* destination)
    {
        for (var done = 0; done < width; done += Panel)
            for (var half = 0; half < Panel; half += Lanes.Count)
                PackLanes(column + done + half, Math.Min(Lanes.Count, width - done - half), first, depth, destination
                    + ((nint)done * depth + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void PackLanes(int pixel, int count, int first, int depth, float* to)
    {
        if (count <= 0)
        {
            for (var k = depth; k > 0; k--, to += Panel) Vector512<float>.Zero.Store(to);
            return;
        }
        var place = new Place(this, pixel, count);
        nint plane = PlaneStride, stride = MaskStride, next = ImageStride - Pixels;
        nint* shift = Shifts + first % Taps, endOfShifts = Shifts + Taps;
        var from = Image + place.Offset(ImageStride) + first / Taps * plane;
        int* firstMask = Masks + place.Within, mask = firstMask + first % Taps * stride;
        for (var k = depth; k > 0; k--, to += Panel)
        {
            var inside = Vector512.Load(mask).AsSingle();
            var value = Avx512F.MaskLoad(from + *shift, inside & place.Here, Vector512<float>.Zero);
            if (place.Splits) value = Avx512F.MaskLoad(from + (*shift + next), inside & place.There, value);
            value.Store(to);
            mask += stride;
            if (++shift < endOfShifts) continue;
            shift = Shifts;
            mask = firstMask;
            from += plane;
        }
    }

    /// <summary>Where up to sixteen pixels lie: in one image, or at the end of one and the start of the next.</summary>
    private readonly struct Place
    {
        public readonly int Image, Within;
        public readonly bool Splits;
        public readonly Vector512<float> Here, There;

        public Place(in ImplicitColumns columns, int pixel, int count)
        {
            Image = pixel / columns.Pixels;
            Within = pixel % columns.Pixels;
            var here = columns.Pixels - Within;
            Splits = here < count;
            Here = Lanes.Mask(Math.Min(here, count));
            There = Vector512.AndNot(Lanes.Mask(count), Here);
        }

        public nint Offset(nint imageStride) => Image * imageStride + Within;
    }
}
