namespace Retort.Verification;

/// <summary>What an answer says.</summary>
internal abstract record AnswerValue
{
    /// <param name="Amount">Of it.</param>
    /// <param name="Literal">Its digits where it is a plain number, else "".</param>
    /// <param name="Unit">Null = a mere number.</param>
    public sealed record Quantity(Expression Amount, string Literal, Units? Unit) : AnswerValue;

    /// <summary>Some values side by side.</summary>
    /// <param name="Items">In order.</param>
    /// <param name="Open">( or [ of a tuple or an interval, { of a set, "" of a bare list.</param>
    /// <param name="Close">The other end.</param>
    public sealed record Listed(IReadOnlyList<AnswerValue> Items, string Open, string Close) : AnswerValue
    {
        /// <summary>Sets and bare lists have no order.</summary>
        public bool IsOrdered => Open is "(" or "[";
    }

    /// <summary>Intervals put together.</summary>
    public sealed record Union(IReadOnlyList<AnswerValue> Items) : AnswerValue;

    public sealed record Equation(Expression Left, Expression Right) : AnswerValue;

    public sealed record Matrix(IReadOnlyList<IReadOnlyList<AnswerValue>> Rows) : AnswerValue;

    /// <summary>No mathematics: small letters, one space between words.</summary>
    public sealed record Words(string Text) : AnswerValue;
}
