using Retort.Formats.Files;
using Retort.Formats.Memory;
using Retort.Tensors;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Files;

public sealed class AtomicFileTests
{
    [Fact]
    public void ReplacesTheWholeFileAndLeavesNothingElse()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder.At("a.txt"), "a long first text");
        AtomicFile.WriteText(folder.At("a.txt"), "zwölf");
        Assert.Equal("zwölf", File.ReadAllText(folder.At("a.txt")));
        Assert.Equal([folder.At("a.txt")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AnErrorHalfWayKeepsTheOldFile()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder.At("a.txt"), "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.At("a.txt"), stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("half-way");
        }));
        Assert.Equal("old", File.ReadAllText(folder.At("a.txt")));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>What a process that lives is writing stays, and so does what others named.</summary>
    [Fact]
    public void LeftoversOfTheKilledAreDeleted()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("onnx"));
        folder.With("onnx/.model.onnx.999999999-0.tmp", [1]);
        folder.With(".model.gguf.999999999-12.tmp", [1]);
        string[] kept = [folder.With($".model.gguf.{Environment.ProcessId}-0.tmp", [1]), folder.With(".others.tmp", [1]),
            folder.With("model.gguf", [1])];
        AtomicFile.DeleteLeftovers(folder.Path);
        AtomicFile.DeleteLeftovers(folder.At("none"));
        Assert.Equal(kept.Order(), Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void AMissingFolderIsASentence()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("none/a.txt");
        var error = Assert.Throws<RetortException>(() => AtomicFile.WriteText(path, ""));
        Assert.Equal($"{path}  the folder {folder.At("none")} does not exist\n  make the folder, or name another one", error.Message);
    }

    [Fact]
    public void AFolderInTheWayIsASentence()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("a"));
        var error = Assert.Throws<RetortException>(() => AtomicFile.WriteText(folder.At("a"), ""));
        Assert.Equal($"{folder.At("a")}  this is a folder\n  expected the path of a file\n  name a file inside it", error.Message);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AFullDiskIsASentence()
    {
        using var folder = new TemporaryFolder();
        var full = new IOException("No space left on device", 28);
        var error = Assert.Throws<RetortException>(() => AtomicFile.Write(folder.At("a"), _ => throw full));
        Assert.Equal($"{folder.At("a")}  the disk that holds {folder.Path} is full\n  free some space, or name a folder on another disk",
            error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 4)]
    [InlineData(3, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void AMappedFileGivesNothingOutsideItself(long offset, int length)
    {
        using var folder = new TemporaryFolder();
        using var file = MappedFile.Open(folder.With("a", [1, 2, 3]));
        var error = Assert.Throws<FormatException>(() => file.Slice(offset, length).Length);
        Assert.StartsWith($"{file.Path}  bytes {offset} to {offset} + {length} were asked for; the file has 3", error.Message,
            StringComparison.Ordinal);
        Assert.Equal([2, 3], file.Slice(1, 2).ToArray());
        Assert.Equal(0, file.Slice(3, 0).Length);
    }

    [Fact]
    public void AMappedFileEndsWithItsOwner()
    {
        using var folder = new TemporaryFolder();
        var file = MappedFile.Open(folder.With("a", [1]));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Slice(0, 1).Length);
    }

    [Fact]
    public void WhatIsNoFileIsASentence()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal($"{folder.Path}  this is a folder\n  expected a file\n  name a file inside it",
            Assert.Throws<FormatException>(() => MappedFile.Open(folder.Path)).Message);
        Assert.Equal("no such file", Assert.Throws<FormatException>(() => MappedFile.Open(folder.At("none"))).What);
    }
}
