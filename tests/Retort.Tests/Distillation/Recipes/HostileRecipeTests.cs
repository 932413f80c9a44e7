using Retort.Cli;
using Retort.Recipes;
using Retort.Recipes.Yaml;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>Bad recipes, each with its exact message.</summary>
public sealed class HostileRecipeTests
{
    [Theory]
    [InlineData("learningRate: 0.01", "lerningRate: 0.01",
        "small.yaml:11:5  unknown key 'lerningRate' in student.training.\n  known keys: epochs, batchSize, optimizer, learningRate, momentum, nesterov, weightDecay, schedule, warmupSteps, clipNorm, maxNormSquared, emaDecay, labelSmoothing, augmentShift, augmentNoise, mixup, attack, prune, accumulate, recomputeBlocks, patience, checkpointSteps.\n  did you mean 'learningRate'?")]
    [InlineData("learningRate: 0.01", "rate: [1]",
        "small.yaml:11:5  unknown key 'rate' in student.training.\n  known keys: epochs, batchSize, optimizer, learningRate, momentum, nesterov, weightDecay, schedule, warmupSteps, clipNorm, maxNormSquared, emaDecay, labelSmoothing, augmentShift, augmentNoise, mixup, attack, prune, accumulate, recomputeBlocks, patience, checkpointSteps.")]
    [InlineData("name: small", "nam: small",
        "small.yaml:1:1  unknown key 'nam' in the recipe.\n  known keys: name, description, seed, threads, data, teacher, labels, pretraining, student, baseline, evaluation, gate, export.\n  did you mean 'name'?")]
    [InlineData("name: small", "description: x",
        "small.yaml:1:1  the key 'name' is missing.\n  expected a short text, such as the file's name.")]
    [InlineData("name: small", "name: ../up",
        "small.yaml:1:1  the name '../up' cannot be a folder's.\n  expected 1 to 100 letters, digits, '-', '_' or '.'.")]
    [InlineData("epochs: 2", "epochs: 0",
        "small.yaml:10:13  student.training.epochs is '0'.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "epochs: 2.5",
        "small.yaml:10:13  student.training.epochs is '2.5'.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "epochs: many",
        "small.yaml:10:13  student.training.epochs is 'many'.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "epochs: \"2\"",
        "small.yaml:10:13  student.training.epochs is '2'.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "epochs: [2]",
        "small.yaml:10:13  student.training.epochs is a list of 1.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "epochs:",
        "small.yaml:10:12  student.training.epochs is nothing.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "batchSize: 0",
        "small.yaml:10:16  student.training.batchSize is '0'.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("epochs: 2", "nesterov: yes", "small.yaml:10:15  student.training.nesterov is 'yes'.\n  expected true or false.")]
    [InlineData("epochs: 2", "optimizer: adam",
        "small.yaml:10:16  student.training.optimizer is 'adam'.\n  expected one of: adamw, sgd.\n  did you mean 'adamw'?")]
    [InlineData("epochs: 2", "learningRate: 1",
        "small.yaml:11:5  the key 'learningRate' is written twice.\n  it stood already at small.yaml:10:5.\n  keep one of them.")]
    [InlineData("learningRate: 0.01", "learningRate: 0",
        "small.yaml:11:19  student.training.learningRate is '0'.\n  expected a number above 0 to 1000.")]
    [InlineData("learningRate: 0.01", "learningRate: .nan",
        "small.yaml:11:19  student.training.learningRate is '.nan'.\n  expected a number above 0 to 1000.")]
    [InlineData("learningRate: 0.01", "learningRate: 1e999",
        "small.yaml:11:19  student.training.learningRate is '1e999'.\n  expected a number above 0 to 1000.")]
    [InlineData("hidden: [8]", "hidden: [8], dropout: 1",
        "small.yaml:8:44  student.model.dropout is '1'.\n  expected a number from 0 and below 1.")]
    [InlineData("hidden: [8]", "hidden: [0]",
        "small.yaml:8:31  student.model.hidden[0] is '0'.\n  expected a whole number from 1 to 65536.")]
    [InlineData("hidden: [8]", "channels: [8]",
        "small.yaml:8:22  student.model.channels does not belong to kind mlp.\n  hidden: [widths] belongs to mlp.\n  remove the key.")]
    [InlineData("hidden: [8]", "hidden: [8], ranks: [4, 2, 1]",
        "small.yaml:8:35  student.model.ranks has 3 numbers.\n  expected one for all weight matrices, or 2: one for each hidden layer or block, and one for the output.\n  0 leaves a matrix whole.")]
    [InlineData("hidden: [8]", "hidden: [8], ranks: [-4]",
        "small.yaml:8:43  student.model.ranks[0] is '-4'.\n  expected a whole number from 0 to 65536.")]
    [InlineData("channels: [4]", "channels: []",
        "small.yaml:5:27  teacher.model.channels names 0 blocks.\n  expected 1 to 16.\n  for instance channels: [16, 32].")]
    [InlineData("kind: mlp", "kind: mpl",
        "small.yaml:8:17  student.model.kind is 'mpl'.\n  expected one of: mlp, conv-net, onnx, gcn, graph-sage, gat, gpt, bert, hashed-n-grams.\n  did you mean 'mlp'?")]
    [InlineData("temperature: 4", "temperature: 0",
        "small.yaml:13:56  student.objective[0].temperature is '0'.\n  expected a number above 0 to 1000.")]
    [InlineData("temperature: 4", "temperature: -1",
        "small.yaml:13:56  student.objective[0].temperature is '-1'.\n  expected a number above 0 to 1000.")]
    [InlineData("temperature: 4", "temperature: 1001",
        "small.yaml:13:56  student.objective[0].temperature is '1001'.\n  expected a number above 0 to 1000.")]
    [InlineData("temperature: 4", "temperature: {kind: linear, from: 8, to: 0}",
        "small.yaml:13:84  student.objective[0].temperature.to is '0'.\n  expected a number above 0 to 1000.")]
    [InlineData("temperature: 4", "temperature: {from: 8}",
        "small.yaml:13:56  the key 'student.objective[0].temperature.to' is missing.\n  expected a number above 0 to 1000.")]
    [InlineData("softWeight: 0.9", "softWeight: -0.1",
        "small.yaml:13:38  student.objective[0].softWeight is '-0.1'.\n  expected a number from 0 to 1000000.")]
    [InlineData("softWeight: 0.9", "hardWeight: 0.9",
        "small.yaml:13:26  the weight of 'soft-label' is not called hardWeight.\n  expected softWeight.\n  write softWeight.")]
    [InlineData("hardWeight: 0.1", "hardWeight: 0.1, temperature: 2",
        "small.yaml:14:43  the objective 'hard-label' has no temperature.\n  temperature belongs to the soft objectives with T in their formula.\n  remove the key.")]
    [InlineData("hardWeight: 0.1", "otherWeight: 2",
        "small.yaml:14:26  the objective 'hard-label' has no otherWeight.\n  otherWeight belongs to decoupled-knowledge.\n  remove the key.")]
    [InlineData("hardWeight: 0.1", "labelSmoothing: 1",
        "small.yaml:14:42  student.objective[1].labelSmoothing is '1'.\n  expected a number from 0 and below 1.")]
    [InlineData("temperature: 4", "tail: cut",
        "small.yaml:13:49  student.objective[0].tail is 'cut'.\n  expected one of: tailBucket, renormalise, ignore, uniformTail.")]
    [InlineData("{name: hard-label, hardWeight: 0.1}", "{name: soft-label}",
        "small.yaml:14:7  the objective 'soft-label' stands twice.\n  expected each objective once.\n  add the weights.")]
    [InlineData("source: digits", "source: idx",
        "small.yaml:2:7  data.source idx needs the key 'data.path'.\n  expected a folder, such as path: mnist.")]
    [InlineData("source: digits", "source: csv, path: a.csv",
        "small.yaml:2:7  data.source csv needs the key 'data.target'.\n  expected the name of the column to predict.")]
    [InlineData("test: 50", "test: 50, transferShare: 0", "small.yaml:2:77  data.transferShare is '0'.\n  expected a number above 0 to 1.")]
    [InlineData("test: 50", "test: 50, transferShare: 1.1",
        "small.yaml:2:77  data.transferShare is '1.1'.\n  expected a number above 0 to 1.")]
    [InlineData("source: train", "source: checkpoint",
        "small.yaml:4:3  teacher with source checkpoint needs the key 'path'.\n  expected a folder with model.json and model.safetensors.")]
    [InlineData("source: train", "source: !!python/object x",
        "small.yaml:4:11  the tag 'tag:yaml.org,2002:python/object' is refused.\n  a recipe is data: no tags, no anchors, no aliases.\n  write the value out.")]
    [InlineData("source: train", "source: &a train",
        "small.yaml:4:11  the anchor '&a' is refused.\n  a recipe is data: no tags, no anchors, no aliases.\n  write the value out.")]
    [InlineData("source: train", "source: *a",
        "small.yaml:4:11  the alias '*a' is refused.\n  a recipe is data: no tags, no anchors, no aliases.\n  write the value out.")]
    [InlineData("student:\n", "labels: {kind: top-k}\nstudent:\n",
        "small.yaml:7:9  labels.kind top-k needs the key 'labels.keep'.\n  expected a count (3), a share of the classes (5%), or a threshold (p>=0.01).\n  to keep all, write kind: soft.")]
    [InlineData("student:\n", "export: [pickle]\nstudent:\n",
        "small.yaml:7:10  export names 'pickle'.\n  expected any of: safetensors, onnx, gguf.")]
    [InlineData("student:\n", "gate: {minKept: 3}\nstudent:\n", "small.yaml:7:17  gate.minKept is '3'.\n  expected a number from 0 to 2.")]
    public void ABadLineIsNamed(string line, string broken, string message)
    {
        Assert.Equal(message, Texts.ErrorOf(() => RecipeReader.Read(Texts.Replace(line, broken), "small.yaml")));
        RefusedByTheCommand(message, Texts.Replace(line, broken));
    }

    [Theory]
    [InlineData("student.training.epochs",
        "--set student.training.epochs  this sets nothing.\n  expected path.to.key=value.\n  for instance --set student.training.epochs=3.")]
    [InlineData("student..epochs=1",
        "--set student..epochs=1  'student..epochs' is no path.\n  expected names joined by dots.\n  for instance --set student.training.epochs=3.")]
    [InlineData("name.x=1", "--set name.x=1  name is 'small' and has no keys.\n  expected a path to a value.")]
    [InlineData("student.objective.2.temperature=1",
        "--set student.objective.2.temperature=1  '2' is no place in student.objective.\n  expected a number from 0 to 1.")]
    [InlineData("student.training.epochs=0",
        "--set student.training.epochs=0  student.training.epochs is '0'.\n  expected a whole number from 1 to 1000000.")]
    [InlineData("student.trainig.epochs=1",
        "--set student.trainig.epochs=1  unknown key 'trainig' in student.\n  known keys: model, training, objective, initial, lora, examples, assistants, onPolicy, calibrated, rounds, sampling, watchdog.\n  did you mean 'training'?")]
    public void ABadOverrideIsNamed(string text, string message)
    {
        Assert.Equal(message, Texts.ErrorOf(() => Texts.Read(text)));
        if (text.Contains('=', StringComparison.Ordinal)) RefusedByTheCommand(message, Texts.Small, "--set", text);
    }

    [Theory]
    [InlineData("{name: hint}",
        "small.yaml:14:7  the key 'student.objective[1].features' is missing.\n  'hint' compares hidden values: expected features: {student: PATH, teacher: PATH}, or a list of such pairs.")]
    [InlineData("{name: hint, features: []}", "small.yaml:14:30  student.objective[1].features has 0 pairs.\n  expected 1 to 100.")]
    [InlineData("{name: hint, features: {student: hidden.0}}",
        "small.yaml:14:30  the key 'student.objective[1].features.teacher' is missing.\n  expected the path of a tap, such as blocks.0.")]
    [InlineData("{name: hint, features: [{student: hidden.0, tutor: blocks.0}]}",
        "small.yaml:14:51  unknown key 'tutor' in student.objective[1].features[0].\n  known keys: student, teacher.")]
    [InlineData("{name: hard-label, features: {student: hidden.0, teacher: blocks.0}}",
        "small.yaml:14:26  the objective 'hard-label' has no features.\n  features belongs to objectives that compare hidden values.\n  remove the key.")]
    [InlineData("{name: hard-label, hardWeight: {kind: exponential, from: 0, to: 1}}",
        "small.yaml:14:38  student.objective[1].hardWeight is exponential, from 0 to 1.\n  expected ends above 0: a ratio leads from one to the other.\n  write kind: linear.")]
    [InlineData("{name: hard-label, hardWeight: {kind: switch, from: 0, to: 1}}",
        "small.yaml:14:38  student.objective[1].hardWeight switches at the very end.\n  expected until: a share of the training below 1.\n  for instance until: 0.25.")]
    public void ABadTermIsNamed(string term, string message) =>
        Assert.Equal(message,
            Texts.ErrorOf(() => RecipeReader.Read(Texts.Replace("{name: hard-label, hardWeight: 0.1}", term), "small.yaml")));

    [Theory]
    [InlineData("soft-labels", "soft-label")]
    [InlineData("DKD", "decoupled-knowledge")]
    [InlineData("dist", "correlation-match")]
    public void AnObjectiveThatIsNotThere(string typed, string meant) => Assert.Equal(
        $"small.yaml:13:14  there is no objective '{typed}'.\n  expected one of: {string.Join(", ", Catalog.Objectives.Select(entry => entry.Name))}.\n  did you mean '{meant}'?",
        Texts.ErrorOf(() => RecipeReader.Read(Texts.Replace("name: soft-label", "name: " + typed), "small.yaml")));

    [Fact]
    public void AllWeightsZero() =>
        Assert.Equal("small.yaml:12:3  all weights of student.objective are 0.\n  expected at least one above 0.",
        Texts.ErrorOf(() => Texts.Read("student.objective.0.softWeight=0", "student.objective.1.hardWeight=0")));

    [Fact]
    public void NestingIsBounded() =>
        Assert.Equal("small.yaml:1:38  more than 32 levels of nesting.\n  a recipe needs at most 8.\n  remove the inner levels.",
        Texts.ErrorOf(() => RecipeReader.Read("a: {b: " + new string('[', 100_000), "small.yaml")));

    [Fact]
    public void SizeIsBounded() => Assert.StartsWith($"small.yaml  the recipe has {YamlText.MaximumBytes + 1} bytes.",
        Texts.ErrorOf(() => RecipeReader.Read(new string('#', YamlText.MaximumBytes + 1), "small.yaml")), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "small.yaml  the recipe is empty.")]
    [InlineData("- a", "small.yaml:1:1  the recipe is a list of 1.")]
    [InlineData("a: [", "small.yaml:2:1  this is not valid YAML.")]
    [InlineData("a: 1\n---\nb: 2", "small.yaml:2:1  a second document starts here.")]
    [InlineData("? [a]\n: 1", "small.yaml:1:3  a key that is not a text.")]
    [InlineData("a: 1\nb: \0", "small.yaml:2:4  a control character (0).")]
    public void WhatIsNoRecipe(string text, string start) =>
        Assert.StartsWith(start, Texts.ErrorOf(() => RecipeReader.Read(text, "small.yaml")), StringComparison.Ordinal);

    [Fact]
    public void AnUnknownShippedName() =>
        Assert.Equal("recipe  no recipe 'digit' is shipped, and no file has that name.\n  shipped: arithmetic-reasoner, clinc-distilbert, cora-glnn, digits, digits-noise, fashion-cnn, friedman, gsm-reasoner, intent-from-llm, judged-tales, letter-mlp, letter-munge, mnist-data-free, mnist-hinton, mnist-mutual, mnist-robust, mnist-small, news-noise, preferences, r1-style, spoken-digits, step-by-step, stories, tales, two-languages.\n  did you mean 'digits'?",
        Texts.ErrorOf(() => Catalog.ReadShipped("digit")));

    /// <summary>The same sentence, with the file as it was named, and exit code 2.</summary>
    private static void RefusedByTheCommand(string message, string recipe, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("small.yaml", recipe);
        var terminal = Terminal.Run(new Library(), ["check", path, .. options]);
        Assert.Equal(message.Replace("small.yaml", path, StringComparison.Ordinal) + "\n", terminal.Error);
        Assert.Equal(2, terminal.Code);
    }
}
