using System.Diagnostics;
using System.Text.Json;

namespace Retort.Testing;

/// <summary>
/// Node.js with packages that others wrote, to judge what we write. Installed once, by npm, into <c>artifacts/npm</c>: versions pinned,
/// their scripts not run.
/// </summary>
public sealed class NodePackages
{
    public const string Runtime = "onnxruntime-node@1.30.0", Transformers = "@huggingface/transformers@4.3.1";

    private NodePackages(string folder) => Folder = folder;

    /// <summary>Where node finds them.</summary>
    public string Folder { get; }

    /// <summary>
    /// Null when this machine cannot run them; then <paramref name="whySkipped"/> says what was skipped and how to have it.
    /// </summary>
    /// <param name="what">Is skipped without them.</param>
    /// <param name="whySkipped">A sentence.</param>
    /// <param name="packages">With their versions.</param>
    public static NodePackages? TryCreate(string what, out string whySkipped, params string[] packages) =>
        TryCreate(what, "npm", [], out whySkipped, packages);

    /// <summary>The same in a folder of their own, with options of npm that would take away what others need.</summary>
    internal static NodePackages? TryCreate(string what, string name, string[] options, out string whySkipped, params string[] packages)
    {
        whySkipped = "";
        var folder = Path.Combine(RepositoryRoot(), "artifacts", name);
        Directory.CreateDirectory(folder);
        try
        {
            // Several test processes may want it at once: the file is a lock, held while npm works.
            using var turn = WaitForTurn(Path.Combine(folder, "install.lock"));
            if (!packages.All(package => IsInstalled(folder, package)))
                Execute("npm", folder, TimeSpan.FromMinutes(3),
                    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", .. options, .. packages]);
            Execute("node", folder, TimeSpan.FromMinutes(1), "--version");
            return new NodePackages(folder);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            whySkipped = $"{what} was skipped: {error.Message.Trim()}. To have it, install Node.js 20 with npm, and let npm fetch "
                + $"{string.Join(" and ", packages)}.";
            return null;
        }
    }

    /// <summary>Runs a script in the packages' folder and returns what it printed.</summary>
    /// <param name="name">Of its file, which ends in .cjs or .mjs.</param>
    /// <param name="script">Its text.</param>
    /// <param name="arguments">As it reads them.</param>
    public string Run(string name, string script, params string[] arguments) =>
        Execute("node", Folder, TimeSpan.FromMinutes(1), [Written(name, script), .. arguments]);

    /// <summary>A script that reads lines and answers each with one, until its input ends.</summary>
    /// <param name="name">As in <see cref="Run"/>.</param>
    /// <param name="script">Its text.</param>
    public Process Start(string name, string script) => Process.Start(new ProcessStartInfo("node", [Written(name, script)])
    {
        WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true,
    })!;

    /// <summary>Other test processes may run the same script.</summary>
    private string Written(string name, string script)
    {
        var path = Path.Combine(Folder, name);
        if (!File.Exists(path) || File.ReadAllText(path) != script) File.WriteAllText(path, script);
        return name;
    }

    private static string NameOf(string package) => package[..package.LastIndexOf('@')];

    private static bool IsInstalled(string folder, string package)
    {
        var manifest = Path.Combine([folder, "node_modules", .. NameOf(package).Split('/'), "package.json"]);
        if (!File.Exists(manifest))
            return false;
        using var json = JsonDocument.Parse(File.ReadAllText(manifest));
        return package.EndsWith('@' + json.RootElement.GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    private static FileStream WaitForTurn(string path)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3))
            {
                Task.Delay(100).Wait();
            }
        }
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Retort.slnx")))
                return folder.FullName;
        return AppContext.BaseDirectory;
    }

    private static string Execute(string program, string folder, TimeSpan limit, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder,
            RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} took longer than {limit.TotalSeconds:0} s");
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with code {process.ExitCode}: {errors.Result}{output.Result}");
        return output.Result;
    }
}
