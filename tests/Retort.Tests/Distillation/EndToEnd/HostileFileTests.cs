using Retort.Checkpoints;
using Retort.Cli;
using Retort.Formats.Safetensors;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Data, teachers and folders that are not what they should be: the sentence on the terminal, and exit code 2.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const string Damaged = "the file is damaged or cut short: fetch it again";
    private const string AsLong = "expected the data to be as long as the shape says";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", ":1:1  the file is empty\n  expected a first row with the names of the columns\n  write a header row")]
    [InlineData("x,x\n1,a\n", ":1:3  two columns are named 'x'\n  expected names that differ\n  rename one of them")]
    [InlineData("x,y\n1,a\n2",
        ":3:1  the row has 1 cells; the header has 2\n  expected one cell a column\n  put quotes around a cell that holds a comma")]
    [InlineData("x,y\n1,a,b\n",
        ":2:5  the row has 3 cells; the header has 2\n  expected one cell a column\n  put quotes around a cell that holds a comma")]
    [InlineData("x,y\nNaN,a\n1,b\n",
        ":2:1  'NaN' stands in the numeric column 'x'\n  expected finite numbers of 32 bits\n  leave the cell empty when the value is missing")]
    [InlineData("x,y\n1,a\ninf,b\n",
        ":3:1  'inf' stands in the numeric column 'x'\n  expected finite numbers of 32 bits\n  leave the cell empty when the value is missing")]
    [InlineData("x,y\n1e39,a\n1,b\n",
        ":2:1  '1e39' stands in the numeric column 'x'\n  expected finite numbers of 32 bits\n  leave the cell empty when the value is missing")]
    [InlineData("x,y\n\"1,a\n2,b\n",
        ":2:1  the quote that opens here is never closed\n  expected a closing quote\n  write a quote inside quotes as two quotes")]
    [InlineData("x,y\n1,a\n2,b\n",
        "  class 'a' has 1 of 2 examples.\n  expected at least 3.\n  remove or join the class, or add examples.")]
    [InlineData("x,z\n1,a\n2,b\n", "  has no column 'y' (data.target).\n  one of x, z.\n  set data.target.")]
    public void ATable(string text, string message)
    {
        var table = _folder.With("t.csv", text);
        Refused(table + message, Label($"{{source: csv, path: {table}, target: y}}"));
    }

    [Fact]
    public void ATableWhoseGzipIsCutShort()
    {
        var table = _folder.WithGzip("t.csv.gz", [.. Enumerable.Repeat((byte)'1', 1000)]);
        File.WriteAllBytes(table, File.ReadAllBytes(table)[..^9]);
        Refused($"{table}  the gzip stream is damaged or cut short\n  expected one complete gzip member\n  fetch the file again, or compress it again",
            Label($"{{source: csv, path: {table}, target: y}}"));
    }

    public static TheoryData<string, byte[], string> Images
    {
        get
        {
            byte[] whole = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, .. new byte[32]];
            return new()
            {
                { "cut", whole[..^1], $"the shape is [2, 4, 4], so 32 bytes; the file has 31\n  {AsLong}\n  {Damaged}" },
                { "too long", [.. whole, 0],
                    $"the shape is [2, 4, 4], so 32 bytes; the file has 33\n  expected the data to end with the file\n  {Damaged}" },
                { "magic cut", whole[..3],
                    $"the file ends inside the magic number: 3 bytes of 4\n  expected a whole IDX header\n  {Damaged}" },
                { "extents cut", whole[..9],
                    $"the file ends inside the extents: 5 bytes of 12\n  expected a whole IDX header\n  {Damaged}" },
                { "no IDX", [1, 2, .. whole[2..]],
                    "the magic number is 01020803\n  expected 0000, the type 08, the number of dimensions\n  this is not an IDX file" },
                { "floats", [0, 0, 0xD, .. whole[3..]],
                    "the element type is 0x0D\n  expected 0x08, unsigned byte\n  convert the file to unsigned bytes" },
                { "huge", [0, 0, 8, 3, .. Enumerable.Repeat((byte)0x7F, 12), .. new byte[32]],
                    $"the shape is [2139062143, 2139062143, 2139062143], so more than 2^63 bytes\n  expected at most {Array.MaxLength}\n  {Damaged}" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void AnImageFile(string what, byte[] content, string message)
    {
        Assert.NotEmpty(what);
        var images = _folder.With("train-images-idx3-ubyte", content);
        _folder.With("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        _folder.With("t10k-images-idx3-ubyte", content);
        _folder.With("t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        Refused($"{images}  {message}", Label($"{{source: idx, path: {_folder.Path}, validation: 1}}"));
    }

    [Fact]
    public void DataThatAreNotThere() => Refused(
        $"data.path  '{_folder.At("none.csv")}' was not found; looked in {_folder.At("none.csv")}.\n  the files none.csv.\n  put them there, or set RETORT_DATA to the folder that holds them.",
        Label($"{{source: csv, path: {_folder.At("none.csv")}, target: y}}"));

    [Theory]
    [InlineData("cut")]
    [InlineData("too long")]
    [InlineData("short")]
    [InlineData("NaN")]
    [InlineData("no tensor")]
    [InlineData("description")]
    [InlineData("missing")]
    public void ATeacher(string what)
    {
        var teacher = Teacher();
        var (weights, description) = (Path.Combine(teacher, "model.safetensors"), Path.Combine(teacher, "model.json"));
        var bytes = File.ReadAllBytes(weights);
        var (last, tensors) = Tensors(weights);
        switch (what)
        {
            case "cut": File.WriteAllBytes(weights, bytes[..^1]); break;
            case "too long": File.WriteAllBytes(weights, [.. bytes, 0]); break;
            case "short": File.WriteAllBytes(weights, bytes[..4]); break;
            case "NaN": SafetensorsWriter.Write(weights,
                [.. tensors[1..], tensors[0] with { Data = tensors[0].Data.ToArray().Select(_ => (byte)0xFF).ToArray() }]); break;
            case "no tensor": SafetensorsWriter.Write(weights, tensors[1..]); break;
            case "description": File.WriteAllText(description, "{"); break;
            default: File.Delete(description); break;
        }
        Refused(what switch
        {
            "cut" =>
                $"{weights}  tensor '{last}' ends at byte {bytes.Length} of the file; the file has {bytes.Length - 1}\n  expected the whole tensor inside the file\n  the file is damaged or cut short: fetch or write it again",
            "too long" =>
                $"{weights}  the tensors end at byte {bytes.Length}; the file has {bytes.Length + 1}\n  expected the last tensor to end the file\n  the file is damaged or cut short: fetch or write it again",
            "short" =>
                $"{weights}  the file has 4 bytes\n  expected at least 8: a safetensors file starts with its header's length\n  the file is damaged or cut short: fetch or write it again",
            "NaN" =>
                $"{weights}  tensor '{tensors[0].Name}' holds a value that is not finite.\n  finite weights.\n  train the model again.",
            "no tensor" =>
                $"{weights}  has no tensor '{tensors[0].Name}'.\n  the {tensors.Count} tensors that model.json describes.\n  use the pair of files of one run.",
            "description" =>
                $"{description}:1  is not JSON of a model description.\n  model, exampleShape and classNames.\n  export the teacher again with Retort.",
            _ =>
                $"{teacher}  has no model.json.\n  model.json and model.safetensors, as Retort writes them.\n  point `path` at a student/, teacher/ or export/ folder of a run.",
        }, Label("{source: digits, train: 50, validation: 10, test: 10}", $"{{source: checkpoint, path: {teacher}}}"));
    }

    [Fact]
    public void AnOutputThatIsAFile() => Refused(
        $"{_folder.With("run", "x")}  is a file.\n  expected a folder, or a name that is free.\n  choose another folder with --out.",
            Label("{source: digits, train: 50, validation: 10, test: 10}"));

    [Fact]
    public void AnOutputThatHoldsSomethingElse()
    {
        Directory.CreateDirectory(_folder.At("run"));
        _folder.With("run/thesis.tex", "x");
        Refused($"{_folder.At("run")}  holds no run of retort, but 1 other entries (thesis.tex, …).\n  expected an empty folder, a new one, or a run to go on with.\n  choose another folder with --out.",
            Label("{source: digits, train: 50, validation: 10, test: 10}"));
    }

    private Terminal Label(string data, string teacher = "{source: train, model: {kind: mlp}, training: {epochs: 1}}") =>
        Terminal.Run(new Library(), "label",
        _folder.With("hostile.yaml", $"name: hostile\ndata: {data}\nteacher: {teacher}\nstudent: {{model: {{kind: mlp}}}}\n"), "--out",
            _folder.At("run"));

    private static void Refused(string message, Terminal terminal)
    {
        Assert.Equal(message + "\n", terminal.Error);
        Assert.Equal(2, terminal.Code);
    }

    /// <summary>A teacher of ten digits that was never trained.</summary>
    private string Teacher()
    {
        var recipe = new ModelRecipe { Kind = "mlp", Hidden = [4] };
        using var device = new CpuDevice(1);
        using var module = ModelBuilder.Create(recipe, [1, 28, 28], 10);
        module.Build(device, default);
        ModelCheckpoint.Save(_folder.At("teacher"), module,
            new ModelDescription(recipe, [1, 28, 28], [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")]));
        return _folder.At("teacher");
    }

    private static (string Last, List<SafetensorsTensor> Tensors) Tensors(string path)
    {
        using var reader = SafetensorsReader.Open(path);
        return (reader.Entries.Values.MaxBy(entry => entry.Offset)!.Name,
            [.. reader.Entries.Values.Select(entry =>
                new SafetensorsTensor(entry.Name, entry.DataType, entry.Shape, reader.Bytes(entry.Name).ToArray()))]);
    }
}
