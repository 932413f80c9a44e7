using Retort.Formats.Protobuf;

namespace Retort.Formats.Tokenizers.SentencePiece;

/// <summary>What a piece is for (sentencepiece_model.proto, SentencePiece.Type).</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>A token, its score and what it is for.</summary>
internal readonly record struct Piece(string Text, float Score, PieceType Type);

/// <summary>A SentencePiece model as it lies in its file: sentencepiece_model.proto, the fields that encoding needs.</summary>
internal sealed class SentencePieceModel
{
    public const int Unigram = 1, BytePair = 2;

    private const int LongestPiece = 256;

    public List<Piece> Pieces { get; } = [];
    public int Kind { get; private set; } = Unigram;
    public bool ByteFallback { get; private set; }
    public bool SpaceBehind { get; private set; }
    public int Beginning { get; private set; } = 1;
    public int End { get; private set; } = 2;
    public string UnknownSurface { get; private set; } = " \u2047 ";
    public ReadOnlyMemory<byte> CharacterMap { get; private set; }
    public bool AddDummyPrefix { get; private set; } = true;
    public bool RemoveExtraWhitespaces { get; private set; } = true;
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <summary>A BPE model that falls back to bytes and joins no spaces, as GGUF files describe Llama's.</summary>
    /// <param name="pieces">One of them unknown.</param>
    /// <param name="beginning">Id of the beginning of a text.</param>
    /// <param name="end">Id of its end.</param>
    /// <param name="addDummyPrefix">A space is put in front of texts.</param>
    public static SentencePieceModel Of(IEnumerable<Piece> pieces, int beginning, int end, bool addDummyPrefix)
    {
        var model = new SentencePieceModel
        {
            Kind = BytePair, ByteFallback = true, Beginning = beginning, End = end, AddDummyPrefix = addDummyPrefix,
            RemoveExtraWhitespaces = false,
        };
        foreach (var piece in pieces)
            model.Pieces.Add(piece.Text.Length <= LongestPiece ? piece : throw new FormatException($"piece {model.Pieces.Count}",
                $"it has {piece.Text.Length} characters", $"expected at most {LongestPiece}", "the vocabulary is damaged: fetch it again"));
        return model;
    }

    public static SentencePieceModel Read(ReadOnlyMemory<byte> bytes, string location)
    {
        var model = new SentencePieceModel();
        var message = new ProtoReader(bytes, location, "a SentencePiece model");
        while (message.Next())
            switch (message.Field)
            {
                case 1: model.AddPiece(message.Message()); break;
                case 2: model.ReadTrainer(message.Message()); break;
                case 3: model.ReadNormalizer(message.Message()); break;
                default: message.Skip(); break;
            }
        if (model.Pieces.Count(piece => piece.Type == PieceType.Unknown) != 1)
            throw message.Refuse($"{model.Pieces.Count} pieces, {model.Pieces.Count(piece => piece.Type == PieceType.Unknown)} of them unknown");
        return model;
    }

    private void AddPiece(ProtoReader message)
    {
        var piece = new Piece("", 0, PieceType.Normal);
        while (message.Next())
            switch (message.Field)
            {
                case 1: piece = piece with { Text = message.Text() }; break;
                case 2: piece = piece with { Score = message.Single() }; break;
                case 3: piece = piece with { Type = (PieceType)message.Number() }; break;
                default: message.Skip(); break;
            }
        if (piece.Text.Length is 0 or > LongestPiece || !float.IsFinite(piece.Score) || !Enum.IsDefined(piece.Type))
            throw message.Refuse($"piece {Pieces.Count} has {piece.Text.Length} characters, the score {piece.Score} and the type {piece.Type}");
        if (Pieces.Count == Vocabulary.MostIds) throw message.Refuse($"there are more than {Vocabulary.MostIds} pieces");
        Pieces.Add(piece);
    }

    private void ReadTrainer(ProtoReader message)
    {
        while (message.Next())
            switch (message.Field)
            {
                case 3: Kind = (int)message.Number(); break;
                case 24: SpaceBehind = message.Number() != 0; break;
                case 35: ByteFallback = message.Number() != 0; break;
                case 41: Beginning = (int)message.Number(); break;
                case 42: End = (int)message.Number(); break;
                case 44: UnknownSurface = message.Text(); break;
                default: message.Skip(); break;
            }
        if (UnknownSurface.Length > LongestPiece)
            throw message.Refuse($"an unknown piece is said with {UnknownSurface.Length} characters, {LongestPiece} at most");
    }

    private void ReadNormalizer(ProtoReader message)
    {
        while (message.Next())
            switch (message.Field)
            {
                case 2: CharacterMap = message.Bytes(); break;
                case 3: AddDummyPrefix = message.Number() != 0; break;
                case 4: RemoveExtraWhitespaces = message.Number() != 0; break;
                case 5: EscapeWhitespaces = message.Number() != 0; break;
                default: message.Skip(); break;
            }
    }
}
