using System.Text.Json;
using Retort.Cli.Screens;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Cli;

/// <summary>Every way a verb can end badly: sentences for people, a code for programs, the stack trace in a file.</summary>
internal static class Failure
{
    /// <summary>
    /// A stack trace goes to the run folder, where there is one; <c>resume</c> is the command that goes on after an interruption.
    /// </summary>
    public static int Guard(Surroundings surroundings, Screen screen, Func<int> work, string? runFolder = null, string resume = "")
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException) when (surroundings.Cancellation.IsCancellationRequested)
        {
            return Tell(ExitCode.Interrupted, "", "stopped; what was finished stays.", "", resume.Length > 0
                ? $"go on with: {resume}"
                : "");
        }
        catch (Exception exception) when (DiskSpace.IsExhausted(exception))
        {
            return Tell(ExitCode.BadInput, runFolder ?? "", "the disk is full.", runFolder is null ? "" : "what was finished stays.",
                resume.Length > 0 ? $"free some space, then go on with: {resume}" : "free some space and try again.");
        }
        catch (RunPausedException exception)
        {
            return Tell(ExitCode.Paused, exception.Location, exception.What, exception.Expected,
                resume.Length > 0 ? $"{exception.Remedy} Go on with: {resume}".TrimStart() : exception.Remedy);
        }
        catch (RetortException exception)
        {
            var code = exception is RunFailedException ? ExitCode.Failed : ExitCode.BadInput;
            return Tell(code, exception.Location, exception.What, exception.Expected, exception.Remedy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Tell(ExitCode.BadInput, "", FirstLine(exception.Message), "", "what was finished stays; put it right and add --resume.");
        }
        catch (Exception exception)
        {
            var file = LeaveTrace(runFolder, exception);
            return Tell(ExitCode.Failed, "", $"retort has a fault: {FirstLine(exception.Message)}", "",
                $"the details for its authors are in {file}");
        }

        int Tell(int code, string location, string what, string expected, string remedy)
        {
            surroundings.Error.WriteLine(new RetortException(location, what, expected, remedy).Message);
            try
            {
                screen.Data(json => Error(json, code, location, what, expected, remedy));
            }
            catch (IOException)
            {
                // Standard output cannot be written, which may be what the sentence on the other stream is about.
            }
            return code;
        }
    }

    private static void Error(Utf8JsonWriter json, int code, string location, string what, string expected, string remedy)
    {
        json.WriteNumber("exitCode", code);
        json.WriteStartObject("error");
        json.WriteString("location", location);
        json.WriteString("what", what);
        json.WriteString("expected", expected);
        json.WriteString("remedy", remedy);
        json.WriteEndObject();
    }

    private static string LeaveTrace(string? runFolder, Exception exception)
    {
        var folder = runFolder is not null && Directory.Exists(runFolder) ? runFolder : Path.GetTempPath();
        var file = Path.Combine(folder, "retort-fault.txt");
        try
        {
            File.WriteAllText(file, exception + "\n");
            return file;
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException)
        {
            return $"no file ({FirstLine(second.Message)})";
        }
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd('\r', ' ');
}
