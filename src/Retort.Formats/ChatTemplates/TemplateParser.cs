namespace Retort.Formats.ChatTemplates;

/// <summary>Reads statements: for, if, set, macro, break, continue, and HF's generation, which only marks the answer.</summary>
internal sealed class TemplateParser
{
    private readonly TemplateSource _source;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private TemplateParser(TemplateSource source)
    {
        _source = source;
        _expressions = new ExpressionParser(source, TemplateLexer.Cut(source));
    }

    public static IReadOnlyList<Statement> Parse(TemplateSource source)
    {
        var parser = new TemplateParser(source);
        return parser.ParseBody(out _);
    }

    /// <summary>Everything up to a statement with one of the words, whose word is taken; or up to the end.</summary>
    private List<Statement> ParseBody(out TemplateToken end, params string[] words)
    {
        var body = new List<Statement>();
        while (true)
        {
            var token = _expressions.Take();
            switch (token.Kind)
            {
                case TemplateTokenKind.Text: body.Add(new TextOutput(token.Place, token.Text)); break;
                case TemplateTokenKind.ExpressionBegin:
                    body.Add(new ValueOutput(token.Place, _expressions.ParseTuple()));
                    Close(TemplateTokenKind.ExpressionEnd);
                    break;
                case TemplateTokenKind.StatementBegin:
                    var word = _expressions.Current;
                    if (words.Contains(word.Text))
                    {
                        end = _expressions.Take();
                        return body;
                    }
                    ParseStatement(body);
                    break;
                default:
                    end = token;
                    return words.Length == 0 ? body
                        : throw _source.Refuse(token.Place, "the template ends", $"expected {string.Join(" or ", words)}");
            }
        }
    }

    private void ParseStatement(List<Statement> body)
    {
        var word = _expressions.Take();
        switch (word.Text)
        {
            case "for": body.Add(_expressions.Nested(() => ParseFor(word.Place))); break;
            case "if": body.Add(_expressions.Nested(() => ParseIf(word.Place))); break;
            case "set": body.Add(_expressions.Nested(() => ParseSet(word.Place))); break;
            case "macro": body.Add(_expressions.Nested(() => ParseMacro(word.Place))); break;
            case "break" or "continue":
                if (_loops == 0) throw _source.Refuse(word.Place, $"'{word.Text}' outside of a loop", "expected it in a for");
                body.Add(new Jump(word.Place, word.Text == "break" ? Flow.Break : Flow.Continue));
                Close(TemplateTokenKind.StatementEnd);
                break;
            case "generation":
                Close(TemplateTokenKind.StatementEnd);
                body.AddRange(_expressions.Nested(() => ParseBody(out _, "endgeneration")));
                Close(TemplateTokenKind.StatementEnd);
                break;
            default:
                throw _source.Refuse(word.Place, $"there is no statement '{word.Text}'",
                    "expected for, if, set, macro, break, continue or generation", "use another template");
        }
    }

    private For ParseFor(int place)
    {
        var names = ParseNames();
        _expressions.Expect("in");
        var over = _expressions.ParseOr();
        var filter = _expressions.TryTake("if") ? _expressions.Parse() : null;
        Close(TemplateTokenKind.StatementEnd);
        _loops++;
        var body = ParseBody(out var end, "endfor", "else");
        _loops--;
        IReadOnlyList<Statement> otherwise = [];
        if (end.Text == "else")
        {
            Close(TemplateTokenKind.StatementEnd);
            otherwise = ParseBody(out _, "endfor");
        }
        Close(TemplateTokenKind.StatementEnd);
        return new For(place, names, over, filter, body, otherwise);
    }

    private List<string> ParseNames()
    {
        var parenthesis = _expressions.TryTake("(");
        var names = new List<string> { _expressions.TakeName() };
        while (_expressions.TryTake(",")) names.Add(_expressions.TakeName());
        if (parenthesis) _expressions.Expect(")");
        return names;
    }

    private If ParseIf(int place)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        IReadOnlyList<Statement> otherwise = [];
        for (var word = "if"; word != "endif";)
        {
            var test = word == "else" ? null : _expressions.ParseTuple();
            Close(TemplateTokenKind.StatementEnd);
            var body = ParseBody(out var end, test is null ? ["endif"] : ["elif", "else", "endif"]);
            if (test is null) otherwise = body;
            else branches.Add((test, body));
            word = end.Text;
        }
        Close(TemplateTokenKind.StatementEnd);
        return new If(place, branches, otherwise);
    }

    private Statement ParseSet(int place)
    {
        var names = ParseNames();
        var attribute = names.Count == 1 && _expressions.TryTake(".") ? _expressions.TakeName() : null;
        if (_expressions.TryTake("="))
        {
            var value = _expressions.ParseTuple();
            Close(TemplateTokenKind.StatementEnd);
            return new Assignment(place, names, attribute, value);
        }
        var filters = new List<(string, Arguments)>();
        while (_expressions.TryTake("|")) filters.Add(_expressions.ParseFilter());
        Close(TemplateTokenKind.StatementEnd);
        var body = ParseBody(out _, "endset");
        Close(TemplateTokenKind.StatementEnd);
        return new Capture(place, names, attribute, filters, body);
    }

    private MacroDefinition ParseMacro(int place)
    {
        var name = _expressions.TakeName();
        var parameters = new List<(string, Expression?)>();
        _expressions.Expect("(");
        while (!_expressions.TryTake(")"))
        {
            if (parameters.Count > 0) _expressions.Expect(",");
            if (parameters.Count == ExpressionParser.MostArguments) throw _expressions.Unexpected($"{parameters.Count} parameters at most");
            parameters.Add((_expressions.TakeName(), _expressions.TryTake("=") ? _expressions.Parse() : null));
        }
        Close(TemplateTokenKind.StatementEnd);
        var loops = _loops;
        _loops = 0;
        var body = ParseBody(out _, "endmacro");
        _loops = loops;
        Close(TemplateTokenKind.StatementEnd);
        return new MacroDefinition(place, name, parameters, body);
    }

    private void Close(TemplateTokenKind kind)
    {
        if (_expressions.Take() is var token && token.Kind != kind)
            throw _source.Refuse(token.Place, token.Text.Length > 0 ? $"'{token.Text}' stands here" : "the tag goes on or ends elsewhere",
                kind == TemplateTokenKind.StatementEnd ? "expected %}" : "expected }}");
    }
}
