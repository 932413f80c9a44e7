using System.Globalization;
using Retort.Tensors;
using Retort.Tracks;
using Retort.Tracks.Comparison;

// Whole paths on real data, outside ./check's short phases:
//   hinton search [FOLDER]           chooses rates and T on 10,000 held-out training images
//   hinton final [FOLDER] [SEEDS]    everything of section 3 on 60,000 images, tested once a seed
//   hinton whole [FOLDER] [SEEDS]    both
//   hinton units [FOLDER] [SEEDS]    the 30-unit temperature sweep
//   compression TASK [FOLDER]        Model Compression on letter.p1, letter.p2 or adult
//   onnx [RUNS]                      our ONNX executor against onnxruntime-node, run by run
//   compare [NAME…] [OPTIONS]        our speed against PyTorch's, work by work
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    var folder = args.Length > 2 ? args[2] : Path.Combine(Path.GetTempPath(), "retort-hinton");
    var seeds = args is ["hinton", _, _, var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 3;
    switch (args)
    {
        case ["hinton", "search", ..]: new HintonSearch(folder).Run(); return 0;
        case ["hinton", "whole", ..]: new HintonSearch(folder).Run(); return new HintonFinal(folder).Run(seeds) ? 0 : 1;
        case ["hinton", "final", ..]: return new HintonFinal(folder).Run(seeds) ? 0 : 1;
        case ["hinton", "units", ..]: return new UnitSweep(folder).Run(seeds) ? 0 : 1;
        case ["compression", var task, ..]:
            using (var track = new CompressionTrack(CompressionTask.Read(task), args is [_, _, var target, ..] ? target : "."))
                return track.Run() ? 0 : 1;
        case ["onnx", ..]: return new OnnxSpeed(args is [_, var runs, ..] ? int.Parse(runs, CultureInfo.InvariantCulture) : 300).Run() ? 0 : 1;
        case ["compare", ..]: new Compare(args[1..]).Run(); return 0;
        default: Console.Error.WriteLine("usage: tracks hinton search|final|whole|units [FOLDER] [SEEDS]\n"
            + $"       tracks compression {CompressionTask.Names} [FOLDER]\n       tracks onnx [RUNS]\n" + Compare.Usage); return 2;
    }
}
catch (RetortException exception)
{
    Console.Error.WriteLine(exception.Message);
    return exception is RunFailedException ? 1 : 2;
}
