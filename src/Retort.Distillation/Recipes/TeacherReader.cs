using Retort.Recipes.Yaml;
using Retort.Teachers;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>One teacher written inline, or several under <c>members</c>.</summary>
internal static class TeacherReader
{
    /// <summary>Keys that not every source has, and the sources that have them.</summary>
    private static readonly IReadOnlyList<(string Key, string[] Sources)> Owners =
    [
        ("model", ["train", "peer"]), ("training", ["train"]), ("path", ["checkpoint", "onnx"]), ("snapshots", ["train"]),
        ("decay", ["own-average"]), ("ensemble", ["ensemble"]), ("inputScale", ["onnx"]), ("chat", ["chat"]),
        ("name", ["recorded", "chat"]), ("when", ["recorded", "chat"]),
    ];

    public static TeacherRecipe Read(YamlEntry entry, DataRecipe data)
    {
        string[] inline = [.. Section.KeysOf(typeof(TeacherMember))];
        var section = Section.Of(entry, "teacher", [.. Section.KeysOf(typeof(TeacherRecipe)), .. inline]);
        var mixed = inline.FirstOrDefault(section.Has);
        if (section.Has("members") && mixed is not null)
            throw new RetortException(section.At(mixed), $"teacher has both members and '{mixed}'.",
                "expected one teacher inline, or a list of members.", "move the key into members.");
        IReadOnlyList<TeacherMember> members = section.Has("members")
            ? [.. section.List("members").Select((member, index) => Member(Section.Of<TeacherMember>(member, $"teacher.members[{index}]"), data))]
            : [Member(section, data)];
        if (members.Count is 0 or > 1000)
            throw new RetortException(section.At("members"), $"teacher.members has {members.Count} members.", "expected 1 to 1000.");
        CheckRules(members, section.Location, data);
        if (members.All(member => member.Weight == 0))
            throw new RetortException(section.Location, "all weights of teachers are 0.", "expected at least one above 0.");
        return new TeacherRecipe
        {
            Members = members,
            Average = section.Choice("average", "probabilities", Catalog.Averages.Names()),
            Storage = section.Choice("storage", "float32", Catalog.Storages.Names()),
            Tokenizer = section.Choice("tokenizer", "shared", Catalog.TeacherTokenizers.Names()),
            Licence = section.Text("licence"),
            Use = section.Choice("use", "internal", Catalog.Uses.Names()),
            Permission = section.Text("permission"),
        };
    }

    private static TeacherMember Member(Section section, DataRecipe data)
    {
        _ = section.Required("source", $"expected one of: {string.Join(", ", Catalog.TeacherSources.Names())}.");
        var source = section.Choice("source", "", Catalog.TeacherSources.Names());
        if (source == "checkpoint" && section.Text("path").Length == 0)
            throw new RetortException(section.Location, $"{section.Path} with source checkpoint needs the key 'path'.",
                "expected a folder with model.json and model.safetensors.");
        if (source == "onnx" && !OnnxTeacher.Knows(section.Text("path")))
            throw new RetortException(section.Location, $"{section.Path} with source onnx has the path '{section.Text("path")}'.",
                "expected a file that ends in .onnx or .onnx.gz.", "write path: model.onnx.");
        foreach (var (key, owners) in Owners)
            if (section.Has(key) && !owners.Contains(source))
                throw new RetortException(section.At(key), $"{section.PathTo(key)} does not belong to source {source}.", (source, key) switch
                {
                    ("peer", "training") => "a peer is trained as the student is.",
                    ("ensemble", "model" or "training") => "an ensemble is described by the key 'ensemble'.",
                    ("onnx", "model" or "training") => "an .onnx file is a model.",
                    ("checkpoint", "model" or "training") => "a checkpoint brings its model.",
                    _ => $"{key} belongs to source: {string.Join(" or ", owners)}.",
                }, "remove the key.");
        return new TeacherMember
        {
            Source = source,
            Path = section.Text("path"),
            InputScale = !section.Has("inputScale") ? null : section.Number("inputScale", 1, new NumberRange(1e-9, 1e9)),
            Model = source == "train" || (source == "peer" && section.Has("model")) ? ModelReader.Model(section) : null,
            Training = source == "train" ? ModelReader.Training(section.Entry("training"), section.PathTo("training")) : null,
            Ensemble = source == "ensemble" ? Ensemble(section) : null,
            Name = section.Text("name"),
            When = RowRules.Read(section, "when"),
            Chat = source == "chat" ? ChatReader.Read(section.Required("chat", ChatReader.Form), section.PathTo("chat"), data) : null,
            Weight = section.Number("weight", 1, new NumberRange(0, 1e6)),
            Snapshots = section.Integer("snapshots", 1, 1, 1000),
            Decay = section.Number("decay", 0.999, NumberRange.BelowOne),
        };
    }

    /// <summary>Of several that only speak each row has one: the first whose rule fits; one without a rule takes the rest.</summary>
    private static void CheckRules(IReadOnlyList<TeacherMember> members, string location, DataRecipe data)
    {
        var routed = members.Any(member => member.When.Count > 0 || member.Name.Length > 0)
            || members.Count(member => member.OnlySpeaks) > 1;
        if (routed && data.Source != "traces")
            throw new RetortException(location, $"several teachers by rules, and data.source is {data.Source}.", "data.source traces.",
                "write one teacher, without name and when.");
        if (members.Count < 2 || !members.All(member => member.OnlySpeaks)) return;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Source != members[0].Source)
                throw new RetortException(location, $"teacher.members has sources {members[0].Source} and {members[i].Source}.",
                    "one source: what they wrote stands in the data, or they are asked.");
            if (members[i].When.Count == 0 && i < members.Count - 1)
                throw new RetortException(location, $"teacher.members[{i}] has no rule, and there are members behind it.",
                    "when: {FIELD: VALUE}, at every member but the last.", "a member without a rule takes all rows that are left: write it last.");
            if (members[i] is { Source: "recorded", Name: "" })
                throw new RetortException(location, $"teacher.members[{i}] has no name.", "a name that stands under 'teachers' in the rows.",
                    "write {source: recorded, name: NAME, when: {FIELD: VALUE}}.");
        }
    }

    private static EnsembleRecipe Ensemble(Section owner)
    {
        if (owner.Entry("ensemble") is not { } entry) return new EnsembleRecipe();
        var (section, usual) = (Section.Of<EnsembleRecipe>(entry, owner.PathTo("ensemble")), new EnsembleRecipe());
        return new EnsembleRecipe
        {
            Trees = section.Integer("trees", usual.Trees, 1, 100_000),
            BoostingRounds = section.Integer("boostingRounds", usual.BoostingRounds, 4, 100_000),
            NetSteps = section.Integer("netSteps", usual.NetSteps, 1, 10_000_000),
            SelectionRounds = section.Integer("selectionRounds", usual.SelectionRounds, 0, 100_000),
            SelectionBags = section.Integer("selectionBags", usual.SelectionBags, 1, 10_000),
            SelectBy = section.Choice("selectBy", usual.SelectBy, Catalog.SelectionLosses.Names()),
        };
    }
}
