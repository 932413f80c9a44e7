using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Retort.Data.Synthetic;
using Retort.Data.Tables;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>From the recipe's data section to three data sets.</summary>
public static class DatasetReader
{
    /// <param name="recipe">Source and sizes.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="seed">Of the recipe: drawing and splitting derive from it.</param>
    /// <param name="teacherFolder">Of a teacher of texts that is there already, whose tokenizer counts; null = it is trained here.</param>
    /// <exception cref="RetortException">Files are missing or malformed, or a part would be empty.</exception>
    public static DataSplits Read(DataRecipe recipe, string recipeFolder, ulong seed, string? teacherFolder = null)
    {
        var splits = recipe.Source switch
        {
            "digits" => Digits(recipe, new Seed(seed).Derive("digits")),
            "idx" => IdxSource.Read(recipe, recipeFolder, new Seed(seed).Derive("split")),
            "csv" => CsvSource.Read(recipe, recipeFolder, new Seed(seed).Derive("split")),
            "friedman" => FriedmanSource.Read(recipe, new Seed(seed)),
            "graph" => GraphSource.Read(recipe, recipeFolder, new Seed(seed).Derive("split")),
            "spoken-digits" => SpokenDigitsSource.Read(recipe, recipeFolder, new Seed(seed).Derive("split")),
            "text-classes" => TextClassesSource.Read(recipe, recipeFolder, teacherFolder, new Seed(seed).Derive("split")),
            "text" or "arithmetic" or "tales" => throw new RetortException("data.source", $"{recipe.Source} gives texts.",
                "examples of numbers: this verb knows no language models yet.", "use retort run."),
            _ => throw new RetortException("data.source", $"unknown source '{recipe.Source}'.",
                "digits, idx, csv, friedman, graph, spoken-digits or text-classes."),
        };
        if (recipe.Labelled < 1)
        {
            var known = Stratified.Take(Enumerable.Range(0, splits.Train.Count).ToArray(), splits.Train.Labels,
                recipe.Labelled * splits.Train.Count, new Seed(seed).Derive("labelled"));
            splits = splits with { Train = splits.Train.Knowing(known) };
        }
        foreach (var (name, part) in new[] { ("train", splits.Train), ("validation", splits.Validation), ("test", splits.Test) })
            if (part.Count == 0) throw new RetortException($"data.{name}", "the part is empty.",
                "at least one example in train, validation and test.", $"set data.{name}.");
        return recipe.Transfer is { } transfer
            ? splits with { Train = SyntheticRows.Added(splits.Train, transfer, new Seed(seed).Derive("transfer rows")) }
            : splits;
    }

    internal static Dataset Create(float[] features, int[] labels, int[] shape, IReadOnlyList<string> classNames, int[]? slices = null,
        IReadOnlyList<string>? sliceNames = null, TableLayout? layout = null,
        int synthetic = 0, NumberTargets? numbers = null)
    {
        for (var i = 0; i < features.Length; i++)
            if (!float.IsFinite(features[i]))
            {
                var size = shape.Aggregate(1, (product, extent) => product * extent);
                throw new RetortException("data", $"example {i / size} holds {features[i]} at position {i % size}.", "finite numbers.",
                    "mend or remove that example.");
            }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(features.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(labels.AsSpan()));
        if (numbers is { Column: var column, Values: var values })
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes<double>([column.Mean, column.Deviation]));
        }
        return new Dataset
        {
            Features = features, Labels = labels, ExampleShape = shape, ClassNames = classNames, Numbers = numbers,
            Slices = slices, SliceNames = sliceNames ?? [], Layout = layout, Synthetic = synthetic,
            Hash = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }

    /// <summary>The chosen rows of a set, in the given order.</summary>
    public static Dataset Choose(Dataset all, ReadOnlySpan<int> rows)
    {
        var features = new float[rows.Length * all.ExampleSize];
        var labels = new int[rows.Length];
        var slices = all.Slices is null ? null : new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            all.Example(rows[i]).CopyTo(features.AsSpan(i * all.ExampleSize));
            labels[i] = all.Labels[rows[i]];
            slices?[i] = all.Slices![rows[i]];
        }
        return Create(features, labels, all.ExampleShape, all.ClassNames, slices, all.SliceNames, all.Layout,
            numbers: all.Numbers?.Of(rows));
    }

    private static DataSplits Digits(DataRecipe recipe, Seed seed)
    {
        Dataset Part(string name, int count, int fallback)
        {
            count = count > 0 ? count : fallback;
            var (features, labels) = (new float[count * SyntheticDigits.Size * SyntheticDigits.Size], new int[count]);
            var own = seed.Derive(name);
            for (var i = 0; i < count; i++)
            {
                labels[i] = SyntheticDigits.LabelOf(i);
                SyntheticDigits.Draw(own, i,
                    features.AsSpan(i * SyntheticDigits.Size * SyntheticDigits.Size, SyntheticDigits.Size * SyntheticDigits.Size));
            }
            return Create(features, labels, [1, SyntheticDigits.Size, SyntheticDigits.Size],
                [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")]);
        }
        return new DataSplits(Part("train", recipe.Train, 4000), Part("validation", recipe.Validation, 1000),
            Part("test", recipe.Test, 2000));
    }
}
