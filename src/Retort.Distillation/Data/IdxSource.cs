using Retort.Formats.Idx;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// MNIST's four files (plain or .gz). Pixels become [0, 1]; the validation part is a stratified cut of the training files.
/// </summary>
internal static class IdxSource
{
    public static DataSplits Read(DataRecipe recipe, string recipeFolder, Seed seed)
    {
        var files = DataPath.Find(recipe.Path, recipeFolder, Names("train-images-idx3-ubyte"), Names("train-labels-idx1-ubyte"),
            Names("t10k-images-idx3-ubyte"), Names("t10k-labels-idx1-ubyte"));
        var training = Load(files[0], files[1]);
        var test = Load(files[2], files[3]);
        if (!training.ExampleShape.SequenceEqual(test.ExampleShape))
            throw new RetortException(files[2],
                $"images are {test.ExampleShape[1]}×{test.ExampleShape[2]}, those of {files[0]} {training.ExampleShape[1]}×{training.ExampleShape[2]}.",
                "equal sizes.", "use the files of one set.");
        if (training.Classes != test.Classes) throw new RetortException(files[3],
            $"has {test.Classes} classes, {files[1]} has {training.Classes}.", "equal class counts.");
        ClassCheck.AtLeast(recipe.Validation > 0 ? 2 : 1, training.Labels, training.ClassNames, files[1]);
        ClassCheck.AtLeast(1, test.Labels, test.ClassNames, files[3]);
        var (train, validation) = Splitting.Cut(training, recipe.Train, recipe.Validation, seed);
        return new DataSplits(train, validation, recipe.Test > 0
            && recipe.Test < test.Count ? DatasetReader.Choose(test, Enumerable.Range(0, recipe.Test).ToArray()) : test);
    }

    private static string[] Names(string name) => [name + ".gz", name];

    private static Dataset Load(string imagesPath, string labelsPath)
    {
        var (images, labels) = (IdxReader.Read(imagesPath), IdxReader.Read(labelsPath));
        if (images.Shape.Length != 3 || labels.Shape.Length != 1)
            throw new RetortException(imagesPath, $"has {images.Shape.Length} dimensions, its labels {labels.Shape.Length}.",
                "images [N, height, width] and labels [N].");
        if (images.Shape[0] != labels.Shape[0])
            throw new RetortException(labelsPath, $"holds {labels.Shape[0]} labels for {images.Shape[0]} images of {imagesPath}.",
                "one label an image.", "use the pair of files of one set.");
        var features = new float[images.Data.Length];
        for (var i = 0; i < features.Length; i++) features[i] = images.Data[i] / 255f;
        var classes = labels.Data.Length == 0 ? 0 : labels.Data.Max() + 1;
        return DatasetReader.Create(features, [.. labels.Data.Select(label => (int)label)], [1, images.Shape[1], images.Shape[2]],
            [.. Enumerable.Range(0, classes).Select(label => $"{label}")]);
    }
}
