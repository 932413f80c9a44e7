namespace Retort.Tests.Formats;

/// <summary>Real files: the folder RETORT_DATA, else shared/data beside the repository.</summary>
internal static class RealData
{
    public static string[] Files(string pattern) =>
        Folder() is { } folder ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories) : [];

    public static string? Folder()
    {
        var named = Environment.GetEnvironmentVariable("RETORT_DATA");
        if (!string.IsNullOrEmpty(named))
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "..", "shared", "data");
            if (File.Exists(Path.Combine(folder.FullName, "Retort.slnx")))
                return Directory.Exists(beside) ? beside : null;
        }

        return null;
    }
}
