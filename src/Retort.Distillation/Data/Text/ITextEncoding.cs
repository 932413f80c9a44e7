namespace Retort.Data.Text;

/// <summary>How a text becomes whole numbers that a classifier reads.</summary>
public interface ITextEncoding
{
    /// <summary>Rows of the model's table.</summary>
    int Size { get; }

    /// <returns>Numbers of 0 or more; none where there is nothing to read.</returns>
    int[] Encode(string text);

    /// <summary>Writes what is needed to do it again beside a model's files.</summary>
    void WriteTo(string folder);
}
