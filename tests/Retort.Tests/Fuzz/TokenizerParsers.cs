using System.Text;
using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Testing;

namespace Retort.Tests.Fuzz;

/// <summary>Tokenizers, and templates of conversations.</summary>
internal static class TokenizerParsers
{
    private const string BytePairs = """
        {"version": "1.0", "added_tokens": [{"id": 6, "content": "<s>", "special": true, "lstrip": true, "normalized": false}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Replace", "pattern": {"Regex": " +"}, "content": "▁"}, {"type": "Prepend", "prepend": "▁"}]},
         "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t)|\\p{L}+|\\s+(?!\\S)"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {"<s>": {"id": "<s>", "ids": [6], "tokens": ["<s>"]}}},
         "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
         "model": {"type": "BPE", "unk_token": "u", "byte_fallback": false, "vocab": {"u": 0, "t": 1, "h": 2, "th": 3, "e": 4, "the": 5}, "merges": ["t h", "th e"]}}
        """;

    private const string Unigram = """
        {"normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
         "decoder": {"type": "Metaspace"}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["▁", -1.5], ["the", -2], ["s", -3.25], ["▁the", -2.5]], "byte_fallback": false}}
        """;

    private const string WordPieces = """
        {"normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null}, "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "the": 3, "##s": 4}}}
        """;

    private static readonly string[] templates =
    [
        "{% for m in messages %}<|{{ m['role'] }}|>{{ m.content | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<|a|>{% endif %}",
        "{%- set ns = namespace(n=0) -%}{%- for m in messages[::-1] if m.role != 'system' -%}{%- set ns.n = ns.n + loop.index0 ** 2 -%}{{ ns.n ~ m|tojson(indent=2) }}{%- else -%}x{%- endfor -%}",
        "{% macro f(a, b='c') %}{{ a|replace('h', b)|upper }}{% endmacro %}{{ f(messages[0].content) }}{{ [1, 2.5, none, true]|join('-') }}{{ {'a': 1}.items()|list }}",
        "{{ 'a,b'.split(',')|map('length')|sum if x is not defined else range(3)|list }}{{ '%s' * 2 }}{{ messages|selectattr('role', 'equalto', 'user')|list|length }}",
    ];

    public static IReadOnlyList<ParserCase> All { get; } =
    [
        new ParserCase("tokenizer.json", [Bytes(BytePairs), Bytes(Unigram), Bytes(WordPieces), .. Found("tokenizer.json", 30_000)],
            bytes => Use(TokenizerReader.Read("t", bytes))).With("[", "{", "}", "]", ",", "\"type\":", "null", "\\ud800", "(a+)+", "(?!", "{1000}", "NFD", "\"Sequence\""),
        new("sentencepiece", [.. Found("tokenizer.model", 20_000)], bytes => Use(SentencePieceReader.Read("t", bytes))),
        ParserCase.OfFile("vocab.txt", [Bytes("[UNK]\n[CLS]\n[SEP]\n[PAD]\n[MASK]\nthe\n##s\n")], "vocab.txt", path => Use(BertReader.Read(path, true)))
            .With("\r", "\n\n", "[UNK]", "\uFEFF"),
        ParserCase.OfFile("merges.txt", [Bytes("#version: 0.2\nt h\nth e\n")], "merges.txt", Merges).With(" ", "\n", "th", "Ġ"),
        ParserCase.OfFile("tiktoken", [Bytes("IQ== 0\nIg== 1\nISI= 2\n")], "ranks", path => Use(TiktokenReader.Read(path, "\\w+|."))).With("=", " ", "IQ==", "\n"),
        new ParserCase("chat template", [.. templates.Select(Bytes)], bytes =>
            ChatTemplate.Parse("t", Encoding.UTF8.GetString(bytes)).Render(Variables, TimeProvider.System))
            .With("{{", "}}", "{%", "%}", "-", "(", ")", "[", "]", "|", ".", ":", " if ", " in ", " not ", " is ", "namespace", "range(99999)", "'x'*9999999", "loop", "{#", "**", "//",
                "|tojson", "|string", "|sort", "|list", "{% break %}", "{% set a = messages %}", "{% for a in messages %}", "{% endfor %}", ".replace('','b')", ".split('a')"),
    ];

    private static Dictionary<string, JsonElement> Variables => new()
    {
        ["messages"] = JsonSerializer.SerializeToElement(new[]
        {
            new { role = "system", content = "be short" }, new { role = "user", content = "hi" }, new { role = "assistant", content = " ho\n" },
        }),
        ["add_generation_prompt"] = JsonSerializer.SerializeToElement(true),
    };

    private static void Merges(string path)
    {
        var vocabulary = Path.Combine(Path.GetDirectoryName(path)!, "vocab.json");
        if (!File.Exists(vocabulary)) File.WriteAllText(vocabulary, """{"t": 0, "h": 1, "e": 2, "th": 3, "the": 4}""");
        Use(Gpt2Reader.Read(vocabulary, path));
    }

    private static void Use(Tokenizer tokenizer) => tokenizer.Decode(tokenizer.Encode("The student's größer 🙂 <s> 2024!\n").Ids);

    private static IEnumerable<byte[]> Found(string name, long most) => Fixtures.Find("tokenizers", name)
        .Where(file => new FileInfo(file.Path).Length <= most).Select(file => File.ReadAllBytes(file.Path));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
