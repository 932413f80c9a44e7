using Retort.Data.Text;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>
/// Of texts: the loss is the mean over the tokens that are to be said, in nats; the score the probability that such a token has in the
/// geometric mean, which is 1 by the perplexity.
/// </summary>
/// <param name="part">The validation part.</param>
/// <param name="contextLength">Tokens of a row.</param>
/// <param name="tokens">Ids that texts can have: rows of a head beyond them are nobody's.</param>
public sealed class TokenValidation(TextPart part, int contextLength, int tokens) : IValidation
{
    public string ScoreName => "probability of a token";
    public string EventName => "validation_token_probability";

    public (double Score, double Loss) Measure(Module module, Device device)
    {
        var loss = TokenPredictor.Losses((Gpt)module, part.Documents, contextLength, tokens, device).Sum() / part.Targets;
        return (Math.Exp(-loss), loss);
    }
}
