using Retort.Tensors;

namespace Retort.Data;

/// <summary>Cuts one set in parts with the same share of each class.</summary>
internal static class Splitting
{
    /// <summary>Validation rows first, then training rows from the rest, both stratified and in the source's order.</summary>
    /// <param name="all">The rows to cut.</param>
    /// <param name="train">Training rows; 0 = all that are left.</param>
    /// <param name="validation">
    /// Validation rows; 0 = the training rows themselves are used for validation: allowed only where nothing is chosen by it.
    /// </param>
    /// <param name="seed">Which rows.</param>
    public static (Dataset Train, Dataset Validation) Cut(Dataset all, int train, int validation, Seed seed)
    {
        if ((long)train + validation > all.Count)
            throw new RetortException("data", $"train {train} + validation {validation} are more than the {all.Count} rows of the source.",
                $"at most {all.Count} together.", "lower data.train or data.validation.");
        var rows = Enumerable.Range(0, all.Count).ToArray();
        var chosen = validation > 0 ? Stratified.Take(rows, all.Labels, validation, seed.Derive("validation")) : [];
        var rest = rows.Except(chosen).ToArray();
        if (train > 0 && train < rest.Length) rest = Stratified.Take(rest, all.Labels, train, seed.Derive("train"));
        Array.Sort(chosen);
        Array.Sort(rest);
        var training = DatasetReader.Choose(all, rest);
        return (training, validation > 0 ? DatasetReader.Choose(all, chosen) : training);
    }
}
