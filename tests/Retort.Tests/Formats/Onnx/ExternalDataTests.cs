using Retort.Formats.Onnx;
using Retort.Formats.Protobuf;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Onnx;

/// <summary>Constants in other files: inside the model's folder, or not at all.</summary>
public sealed class ExternalDataTests
{
    private static string Model(TemporaryFolder folder, string location, params (string Key, string Value)[] more)
    {
        var tensor = new ProtoMessage().Number(1, 2).Number(2, 1).Text(8, "w");
        foreach (var (key, value) in more.Prepend(("location", location)))
            tensor.Message(13, new ProtoMessage().Text(1, key).Text(2, value));
        var graph = new ProtoMessage().Message(5, tensor.Number(14, 1)).Message(12, new ProtoMessage().Text(1, "w"));
        using var bytes = new MemoryStream();
        new ProtoMessage().Message(7, graph).Message(8, new ProtoMessage().Number(2, 17)).WriteTo(bytes);
        Directory.CreateDirectory(folder.At("model"));
        return folder.With("model/m.onnx", bytes.ToArray());
    }

    [Fact]
    public void AFileBesideTheModelIsReadAndHashed()
    {
        using var folder = new TemporaryFolder();
        var path = Model(folder, "w.bin", ("offset", "4"), ("length", "8"));
        folder.With("model/w.bin", [0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]);
        var model = OnnxReader.Read(path);
        Assert.Equal([1f, 2], (float[])model.Graph.Initializers[0].Elements);
        folder.With("model/w.bin", [0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0]);
        Assert.NotEqual(model.Hash, OnnxReader.Read(path).Hash);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("./secret")]
    [InlineData("..\\secret")]
    [InlineData("C:secret")]
    [InlineData("")]
    [InlineData("link")]
    [InlineData("folder/secret")]
    public void APathThatLeavesTheFolderIsRefused(string location)
    {
        using var folder = new TemporaryFolder();
        var path = Model(folder, location);
        folder.With("secret", new byte[8]);
        File.CreateSymbolicLink(folder.At("model/link"), folder.At("secret"));
        Directory.CreateSymbolicLink(folder.At("model/folder"), folder.Path);
        var refusal = Assert.Throws<FormatException>(() => OnnxReader.Read(path));
        Assert.Contains("inside the model's folder", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "9", "takes 9 bytes")]
    [InlineData("9", "1", "takes 1 bytes")]
    [InlineData("-1", "8", "external offset '-1'")]
    [InlineData("0", "4", "in 4 bytes")]
    public void ARangeThatIsNotThereIsRefused(string offset, string length, string told)
    {
        using var folder = new TemporaryFolder();
        var path = Model(folder, "w.bin", ("offset", offset), ("length", length));
        folder.With("model/w.bin", new byte[8]);
        Assert.Contains(told, Assert.Throws<FormatException>(() => OnnxReader.Read(path)).Message, StringComparison.Ordinal);
    }
}
