namespace Retort.Data.Tables;

/// <summary>One column of a table, and where it stands in the encoded row that a network reads.</summary>
/// <param name="Name">As the header has it.</param>
/// <param name="Kind">Number, Word or Mark.</param>
/// <param name="Categories">Word: how many; their one-hot columns stand side by side. Else 0.</param>
/// <param name="First">First encoded column.</param>
/// <param name="Least">Number: smallest encoded value of the training rows; it is 0 in a mixed row.</param>
/// <param name="Most">Number: largest encoded value of the training rows; it is 1 in a mixed row.</param>
/// <param name="Mean">Number: what an encoded 0 stands for in the file.</param>
/// <param name="Deviation">Number: what a step of 1 stands for.</param>
public sealed record TableColumn(string Name, ColumnKind Kind, int Categories, int First, double Least, double Most, double Mean = 0,
    double Deviation = 1)
{
    public bool IsNominal => Kind != ColumnKind.Number;

    /// <summary>Encoded columns.</summary>
    public int Width => Kind == ColumnKind.Word ? Categories : 1;

    /// <summary>Codes of a nominal column: a word's last one is "missing", no one-hot column set.</summary>
    public int Codes => Kind switch { ColumnKind.Word => Categories + 1, ColumnKind.Mark => 2, _ => 0 };
}

/// <summary>What a column holds.</summary>
public enum ColumnKind
{
    /// <summary>A continuous attribute.</summary>
    Number,

    /// <summary>A nominal attribute.</summary>
    Word,

    /// <summary>1 where the number beside it is missing.</summary>
    Mark,
}
