using Kontena.Cli;
using Kontena.Cli.Output;

using var terminal = new SystemTerminal();
return await KontenaCli.RunAsync(args, new CliContext(terminal, CliEnvironment.OfProcess(), TimeProvider.System));
