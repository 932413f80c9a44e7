using Retort.Tensors;

namespace Retort.Recipes.Conversion;

/// <summary>Recipes of other tools in our words. A new tool is its file and one line here.</summary>
public static class RecipeConversion
{
    /// <summary>Names of the tools, a key that only it has (all of a group, one of several groups), and what converts it.</summary>
    private static readonly (string Name, string[][] Signs, Action<Translation> Convert)[] Tools =
    [
        ("axolotl", [["kd_trainer"], ["base_model", "kd_alpha"]], AxolotlConversion.Convert),
        ("distillkit", [["loss_functions"], ["model", "teacher.kind"]], DistillKitConversion.Convert),
        ("nemo-rl", [["policy.model_name", "teacher.model_name"], ["loss_fn.kl_type"]], NemoConversion.Rl),
        ("nemo-automodel", [["kd_ratio", "teacher_model"], ["kd_loss_fn"]], NemoConversion.Automodel),
        ("trl-gkd", [["lmbda"], ["seq_kd"]], TrlConversion.Gkd),
        ("trl-minillm", [["rkl_advantage"], ["single_step_decomposition"], ["kd_temperature", "gamma"]], TrlConversion.MiniLlm),
        ("trl-distillation", [["teacher_model_name_or_path", "max_completion_length"], ["loss_add_tail"]], TrlConversion.Distillation),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Tools.Select(tool => tool.Name)];

    /// <param name="text">The other tool's file: YAML or JSON.</param>
    /// <param name="fileName">Its name without folders, for errors and for the recipe's name.</param>
    /// <param name="tool">Whose it is; null = its keys say so.</param>
    /// <exception cref="RetortException">It cannot be read, or it is nobody's, or more than one's.</exception>
    public static Conversion Convert(string text, string fileName, string? tool = null)
    {
        var from = new ForeignRecipe(text, fileName);
        var (name, _, convert) = tool is null ? Recognised(from) : Named(tool);
        var translation = new Translation(name, from);
        convert(translation);
        return translation.Finish(NameOf(fileName));
    }

    private static (string, string[][], Action<Translation>) Named(string tool)
    {
        var at = Array.FindIndex(Tools, known => known.Name == tool);
        return at >= 0 ? Tools[at] : throw new RetortException("--from", $"there is no tool '{tool}'.",
            $"expected one of: {string.Join(", ", Names)}.", NearestName.Suggest(tool, Names));
    }

    private static (string, string[][], Action<Translation>) Recognised(ForeignRecipe from)
    {
        var found = Tools.Where(tool => tool.Signs.Any(signs => signs.All(from.Has))).ToList();
        if (found.Count == 1) return found[0];
        throw new RetortException(from.FileName, found.Count == 0
                ? "holds no key by which a tool is known."
                : $"could be of {string.Join(" or ", found.Select(tool => tool.Name))}.",
            $"the distillation recipe of one of: {string.Join(", ", Names)}.", "name it: --from TOOL");
    }

    /// <summary>What a folder may be called.</summary>
    private static string NameOf(string fileName)
    {
        var name = Path.GetFileNameWithoutExtension(fileName);
        return new([.. name.Take(100).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')]);
    }
}
