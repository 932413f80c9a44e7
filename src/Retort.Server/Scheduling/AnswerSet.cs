using System.Threading.Channels;

namespace Retort.Server.Scheduling;

/// <summary>The answers to one request: written by the thread that owns the model, read by the one that owns the connection.</summary>
/// <param name="choices">Answers that will come.</param>
/// <param name="cancellation">Nobody waits for them any more.</param>
internal sealed class AnswerSet(int choices, CancellationToken cancellation)
{
    private readonly Channel<Piece> _pieces = Channel.CreateUnbounded<Piece>(new UnboundedChannelOptions { SingleReader = true });
    private int _left = choices, _tokens;

    public int Choices { get; } = choices;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Tokens of all answers so far, with those that ended them.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    /// <summary>Until every answer has finished.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more, or it took too long.</exception>
    public IAsyncEnumerable<Piece> ReadAsync() => _pieces.Reader.ReadAllAsync(cancellation);

    public void Count() => Interlocked.Increment(ref _tokens);

    public void Say(Piece piece)
    {
        _pieces.Writer.TryWrite(piece);
        if (piece.Finish is not null && Interlocked.Decrement(ref _left) == 0) _pieces.Writer.TryComplete();
    }

    /// <summary>Nothing more comes, for this reason.</summary>
    public void Fail(Exception reason) => _pieces.Writer.TryComplete(reason);
}
