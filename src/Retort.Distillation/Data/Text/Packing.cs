using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Documents end to end in rows of a context's length, none cut, so that little of a batch is padding.</summary>
public static class Packing
{
    /// <summary>
    /// Best fit, the longest first: a document goes to the row with the least room that holds it (Johnson et al. 1974: at most 11/9 of the
    /// fewest rows, and 4 more).
    /// </summary>
    /// <param name="lengths">Tokens of each document.</param>
    /// <param name="contextLength">Tokens of a row.</param>
    /// <returns>Numbers of the documents in each row.</returns>
    public static int[][] Rows(IReadOnlyList<int> lengths, int contextLength)
    {
        var rows = new List<List<int>>();
        var byRoom = new Queue<int>[contextLength + 1];
        foreach (var document in Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i])) // a stable order
        {
            var length = lengths[document];
            if (length > contextLength)
                throw new RetortException($"document {document}", $"has {length} tokens.", $"at most {contextLength}.");
            var room = length;
            while (room <= contextLength && byRoom[room] is not { Count: > 0 }) room++;
            var row = room <= contextLength ? byRoom[room].Dequeue() : rows.Count;
            if (row == rows.Count)
            {
                rows.Add([]);
                room = contextLength;
            }
            rows[row].Add(document);
            (byRoom[room - length] ??= new Queue<int>()).Enqueue(row);
        }
        return [.. rows.Select(row => row.ToArray())];
    }
}
