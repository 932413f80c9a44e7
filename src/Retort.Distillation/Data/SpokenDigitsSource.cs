using Retort.Data.Sound;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// Pairs of two modalities: a recording, as a map of log-mel energies, is the student's view, an image of the same class the teacher's. The
/// images come from a folder in MNIST's layout: those of the teacher's own training are none of the pairs', no image is in a training and a
/// validation pair, and test pairs have images of the test files.
/// </summary>
internal static class SpokenDigitsSource
{
    private const int Frame = 256, Hop = 128, Bands = 40, Frames = 48;

    public static DataSplits Read(DataRecipe recipe, string recipeFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        var sounds = Maps(path, Recording.ReadArchive(path));
        var images = IdxSource.Read(new DataRecipe { Source = "idx", Path = recipe.Images }, recipeFolder, seed);
        if (images.Train.Classes != sounds.Classes)
            throw new RetortException("data.images", $"{images.Train.Classes} classes of images, {sounds.Classes} of recordings.",
                "the same classes.", "choose another data.images.");
        var (rest, test) = Splitting.Cut(sounds, 0, recipe.Test, seed.Derive("test"));
        var (train, validation) = Splitting.Cut(rest, recipe.Train, recipe.Validation, seed);
        var standard = Standardised.By(train);
        (train, validation, test) = (standard.Of(train), standard.Of(validation), standard.Of(test));
        var ofTeacher = recipe.TeacherTrain + recipe.TeacherTrain / 5;
        var (pool, own) = Splitting.Cut(images.Train, 0, ofTeacher, seed.Derive("teacher"));
        var (teacherTrain, teacherValidation) = Splitting.Cut(own, 0, recipe.TeacherTrain / 5, seed.Derive("teacher validation"));
        var (first, second) = Splitting.Cut(pool, 0, pool.Count / 2, seed.Derive("pairs"));
        return new DataSplits(train.Beside(Matched(train, first, seed.Derive("train pairs"))),
            validation.Beside(Matched(validation, second, seed.Derive("validation pairs"))),
            test.Beside(Matched(test, images.Test, seed.Derive("test pairs"))))
        {
            Teacher = new DataSplits(teacherTrain, teacherValidation, images.Test),
        };
    }

    private static Dataset Maps(string path, IReadOnlyList<Recording> recordings)
    {
        if (recordings.Count == 0)
            throw new RetortException(path, "holds no recording.", "files CLASS_anything.wav.", "choose another file.");
        var rate = recordings[0].Sound.Rate;
        if (recordings.FirstOrDefault(recording => recording.Sound.Rate != rate) is { } other)
            throw new RetortException($"{path}:{other.Name}", $"{other.Sound.Rate} samples a second, the first recording has {rate}.",
                "one rate.", "convert it.");
        var mel = new LogMel(rate, Frame, Hop, Bands);
        var features = new float[recordings.Count * Bands * Frames];
        for (var row = 0; row < recordings.Count; row++)
            mel.Map(recordings[row].Sound.Mono(), Frames).CopyTo(features.AsSpan(row * Bands * Frames));
        var classes = recordings.Max(recording => recording.Class) + 1;
        string[] names = [.. Enumerable.Range(0, classes).Select(digit => $"{digit}")];
        int[] labels = [.. recordings.Select(recording => recording.Class)];
        ClassCheck.AtLeast(3, labels, names, path);
        return DatasetReader.Create(features, labels, [1, Bands, Frames], names);
    }

    /// <summary>For each row an image of its class, drawn by the seed.</summary>
    private static Dataset Matched(Dataset rows, Dataset images, Seed seed)
    {
        var ofClass = Enumerable.Range(0, images.Count).ToLookup(image => images.Labels[image]);
        var lists = Enumerable.Range(0, rows.Classes).Select(label => ofClass[label].ToArray()).ToArray();
        return DatasetReader.Choose(images, [.. rows.Labels.Select((label, row) =>
            lists[label][seed.Below(lists[label].Length, (ulong)row)])]);
    }
}
