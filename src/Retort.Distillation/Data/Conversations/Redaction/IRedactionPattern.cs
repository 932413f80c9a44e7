namespace Retort.Data.Conversations.Redaction;

/// <summary>One kind of what is nobody else's business, found in texts.</summary>
public interface IRedactionPattern
{
    /// <summary>Of its pseudonyms, as in &lt;EMAIL_1&gt;: capital letters.</summary>
    string Kind { get; }

    /// <summary>All of it in a text, from left to right.</summary>
    IEnumerable<RedactionMatch> Find(string text);
}
