using Kontena.Cli.Commands;
using Kontena.Cli.Parsing;

namespace Kontena.Cli;

/// <summary>From words to exit code: finds the command, runs it, and puts whatever went wrong in words.</summary>
internal static class KontenaCli
{
    // EPIPE; an IOException carries the system's number when it has no other meaning for it.
    private const int BrokenPipe = 32;

    public static async Task<int> RunAsync(string[] words, CliContext context)
    {
        var path = CommandTree.Root.Name;
        var debug = context.Environment.Text("DEBUG") is { } value && value != "false";
        try
        {
            var found = Resolution.Of(CommandTree.Root, words);
            path = found.Path;
            debug |= found.Debug;
            var code = found switch
            {
                { Version: true } => ShowVersion(context),
                { Entry: GroupEntry group } => ShowHelp(context, path, group),
                { Entry: LeafEntry leaf } => await RunLeafAsync(found, leaf, context, () => debug = true),
                _ => throw new InvalidOperationException($"{found.Entry.GetType().Name} is neither group nor command"),
            };

            // Here, so that output that cannot be written is a failure and not silence.
            context.Terminal.Flush();
            return code;
        }
        catch (UsageException error)
        {
            context.Terminal.Error.WriteLine($"ERROR: {error.Message}");
            context.Terminal.Error.WriteLine();
            context.Terminal.Error.WriteLine($"See: '{error.Data["path"] as string ?? path} --help'");
            return Exit.Failed;
        }
        catch (AbortedException error)
        {
            context.Terminal.Error.WriteLine(context.ErrorPaint.Yellow(error.Message));
            return Exit.Failed;
        }
        catch (CliException error)
        {
            Print(context, error.Message, error.Details, error.Remedy);
            if (debug) context.Terminal.Error.WriteLine(error);
            return Exit.Failed;
        }
        catch (OperationCanceledException)
        {
            return Exit.Interrupted;
        }
        catch (IOException error) when (error.HResult == BrokenPipe)
        {
            // Whoever read our output has gone, as in "kontena ls | head": nothing is left to say (cli.md §3).
            return Exit.Failed;
        }
        catch (IOException error)
        {
            Print(context, error.Message, [], null);
            if (debug) context.Terminal.Error.WriteLine(error);
            return Exit.Failed;
        }
        catch (Exception error)
        {
            // A fault of this program, not of its user: name it in one line, keep the trace for those who ask.
            Print(context, $"{error.GetType().Name} : {error.Message}", [], debug ? null : "This is a fault of the client. DEBUG=true shows where it happened.");
            if (debug) context.Terminal.Error.WriteLine(error);
            return Exit.Failed;
        }
    }

    private static async Task<int> RunLeafAsync(Resolution found, LeafEntry leaf, CliContext context, Action debug)
    {
        var body = leaf.Create();
        if (found.Help)
        {
            HelpText.Write(context.Terminal.Out, found.Path, leaf, body);
            return Exit.Done;
        }

        var (parsed, help, wantsDebug) = LeafParser.Parse(leaf, body, found.Rest);
        if (wantsDebug) debug();
        if (help)
        {
            HelpText.Write(context.Terminal.Out, found.Path, leaf, body);
            return Exit.Done;
        }

        using var run = new CommandRun(context, parsed);
        try
        {
            return await body.RunAsync(run, CancellationToken.None);
        }
        finally
        {
            VersionNotice.Write(context, run.ServerVersion);
        }
    }

    private static int ShowVersion(CliContext context)
    {
        context.Terminal.Out.WriteLine($"kontena-cli {CliVersion.Text} [.NET {Environment.Version}]");
        return Exit.Done;
    }

    private static int ShowHelp(CliContext context, string path, GroupEntry group)
    {
        HelpText.Write(context.Terminal.Out, path, group);
        return Exit.Done;
    }

    private static void Print(CliContext context, string message, IReadOnlyList<string> details, string? remedy)
    {
        var error = context.Terminal.Error;
        error.WriteLine($" [{context.ErrorPaint.Red("error")}] {message}");
        foreach (var line in details) error.WriteLine(line);
        if (remedy is not null) error.WriteLine($"         {remedy}");
    }
}
