namespace Retort.Grading.Similarity;

/// <summary>How alike two texts are, from 0 to 1.</summary>
public interface ITextSimilarity
{
    /// <param name="candidate">What the model wrote.</param>
    /// <param name="reference">What it should be like.</param>
    double Of(string candidate, string reference);

    /// <summary>Whether it can say anything of a text; where it cannot, the item is ungraded.</summary>
    bool Takes(string text) => true;

    /// <summary>Sees all references before the first comparison.</summary>
    void Prepare(IEnumerable<string> references) { }
}
