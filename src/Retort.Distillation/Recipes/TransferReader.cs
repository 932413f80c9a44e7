using Retort.Recipes.Yaml;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>Reads data.transfer.</summary>
internal static class TransferReader
{
    private const double SwapProbability = 0.2, Spread = 10;

    /// <param name="entry">What stands under data.transfer; null = nothing.</param>
    /// <param name="source">data.source.</param>
    public static TransferRecipe? Read(YamlEntry? entry, string source)
    {
        if (entry is null) return null;
        var section = Section.Of<TransferRecipe>(entry, "data.transfer");
        if (source is not ("csv" or "friedman"))
            throw new RetortException(section.Location, $"data.transfer stands beside data.source {source}.",
                "synthetic rows are made of a table's columns.", "use source: csv, or remove the key.");
        _ = section.Required("kind", $"expected one of: {string.Join(", ", Catalog.TransferKinds.Names())}.");
        var kind = section.Choice("kind", "", Catalog.TransferKinds.Names());
        var munge = kind == "munge";
        foreach (var key in new[] { "swapProbability", "spread" })
            if (!munge && section.Has(key))
                throw new RetortException(section.At(key), $"{section.PathTo(key)} does not belong to kind {kind}.",
                    "it belongs to kind: munge.", "remove the key.");
        return new TransferRecipe
        {
            Kind = kind,
            Rows = section.Integer("rows", 100_000, 1, 10_000_000),
            SwapProbability = munge ? section.Number("swapProbability", SwapProbability, NumberRange.Positive(1)) : null,
            Spread = munge ? section.Number("spread", Spread, NumberRange.Positive(1e6)) : null,
            Relabel = section.Choice("relabel", "all", Catalog.Relabels.Names()),
        };
    }
}
