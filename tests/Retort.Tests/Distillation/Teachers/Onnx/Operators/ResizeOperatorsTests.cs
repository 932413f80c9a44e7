using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class ResizeOperatorsTests
{
    private static readonly OnnxArray X = OnnxArray.Of([1, 1, 1, 2], [0f, 4]);

    private static float[] Run(string mode, string transformation, params (string, object)[] more) => OneNode.Run("Resize",
        [X, null, OneNode.Row(1, 1, 1, 2)], [("mode", mode), ("coordinate_transformation_mode", transformation), .. more]).Floats();

    [Fact]
    public void LinearReadsBetweenTheCentresOfPixels()
    {
        // places −0.25, 0.25, 0.75, 1.25, of which the outer ones are the edge
        Assert.Equal([0f, 1, 3, 4], Run("linear", "half_pixel"));
        Assert.Equal([0f, 2, 4, 4], Run("linear", "asymmetric"));
        Assert.Equal([0f, 4 / 3f, 8 / 3f, 4], Run("linear", "align_corners"), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void NearestRoundsAsItIsTold()
    {
        Assert.Equal([0f, 0, 4, 4], Run("nearest", "half_pixel"));
        Assert.Equal([0f, 4, 4, 4], Run("nearest", "asymmetric", ("nearest_mode", "ceil")));
        Assert.Equal([0f, 0, 4, 4], Run("nearest", "asymmetric", ("nearest_mode", "floor")));
    }

    [Fact]
    public void CubicTakesFourPlaces()
    {
        // a quarter of the way: weights of distances 1.25 and 0.25 fall on the first pixel, of 0.75 and 1.75 on the second
        static double Far(double d) => -0.75 * (d * d * d - 5 * d * d + 8 * d - 4);
        static double Near(double d) => 1.25 * d * d * d - 2.25 * d * d + 1;
        Assert.Equal(4 * (Near(0.75) + Far(1.75)), Run("cubic", "half_pixel")[1], 5);
    }

    [Fact]
    public void ShrinkingWithoutAliasesIsAMean()
    {
        // each of two tent weights reaches over the four pixels: 1/4 · (¾ or ¼ of the distance)
        var x = OnnxArray.Of([1, 4], [1f, 1, 1, 1]);
        Assert.Equal([1f, 1], OneNode.Run("Resize", [x, null, OneNode.Row(1, 0.5f)], ("mode", "linear"), ("antialias", 1L)).Floats());
    }

    [Fact]
    public void WhatLiesOutsideTheCropIsFilled()
    {
        // from 0 to twice the width: places 0, 2/3, 4/3, 2 of which two are outside
        var crop = OneNode.Row(0, 0, 0, 0, 1, 1, 1, 2);
        var found = OneNode.Run("Resize", [X, crop, null, OneNode.Whole(1, 1, 1, 4)], ("mode", "linear"),
            ("coordinate_transformation_mode", "tf_crop_and_resize"), ("extrapolation_value", 9f));
        Assert.Equal([0f, 8 / 3f, 9, 9], found.Floats(), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void SizesKeepTheAspectWhereAsked()
    {
        var x = OnnxArray.Of([2, 4], new float[8]);
        int[] Run(string policy) =>
            OneNode.Run("Resize", [x, null, null, OneNode.Whole(3, 8)], ("keep_aspect_ratio_policy", policy)).Shape;
        Assert.Equal([3, 6], Run("not_larger"));
        Assert.Equal([4, 8], Run("not_smaller"));
    }
}
