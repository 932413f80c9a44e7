using Retort.Cli;

using var interruption = new Interruption(Console.Error);
return CommandLine.Invoke(args, Console.Out, Console.Error, TimeProvider.System, interruption.Token);
