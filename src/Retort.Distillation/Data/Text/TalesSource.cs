using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Stories of a <see cref="TalesWorld"/>, parted by their whole text: prompts are few, and every part has all of them.</summary>
internal sealed class TalesSource(TalesWorld world) : ITextWorld
{
    public TextTokenizer Tokenizer { get; } = TextTokenizer.OfWords(TalesWorld.Beginning, TalesWorld.Words);
    public IAnswerCheck Check { get; } = new TaleCheck(world);

    public static TextData Read(DataRecipe recipe, Seed seed) =>
        DrawnTexts.Read(recipe, seed, new TalesSource(new TalesWorld(seed.Derive("world"))));

    public IReadOnlyList<string> Groups(bool ofTest) => [];

    public DrawnText Draw(Seed part, ulong number, bool forTest)
    {
        var (prompt, answer) = world.Draw(part.Derive(number));
        return new DrawnText(prompt + answer, prompt, answer);
    }
}
