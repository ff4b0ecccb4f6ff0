using System.Diagnostics;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Docker;
using Kontena.StackFiles;

namespace Kontena.Cli.Builds;

/// <summary>Builds the images a stack file asks for on this machine's engine (stack-file.md §9).</summary>
internal sealed class ImageBuilds(CommandRun run)
{
    // What the engine said last explains a failure.
    private const int KeptLines = 20;

    public async Task RunAsync(IReadOnlyList<BuildInstruction> builds, CancellationToken cancellationToken)
    {
        if (builds.Count == 0) return;
        var engine = run.Context.Engine();
        try
        {
            // Two services of one image are one build.
            foreach (var build in builds.DistinctBy(Key)) await BuildAsync(engine, build, cancellationToken);
        }
        finally
        {
            (engine as IDisposable)?.Dispose();
        }
    }

    private static string Key(BuildInstruction build) =>
        string.Join('\n', build.Args.Select(arg => $"{arg.Key}={arg.Value}").Prepend(build.Dockerfile).Prepend(build.Context).Prepend(build.Image));

    private async Task BuildAsync(IContainerEngine engine, BuildInstruction build, CancellationToken cancellationToken)
    {
        if (build.Image.Length == 0)
            throw new CliException($"Service {build.Service} has build but no image", remedy: "Add image: NAME to it; the built image gets that name.");
        var context = Path.GetFullPath(Path.Combine(run.Context.Environment.WorkingDirectory, build.Context));
        var title = $"Building image {build.Image}";
        var lines = new Queue<string>();
        await run.Progress.RunAsync(title, async step =>
        {
            foreach (var command in build.BeforeBuild) await RunHookAsync(command, context, step, cancellationToken);
            var dockerfile = build.Dockerfile ?? "Dockerfile";
            await using var tar = await BuildContext.PackAsync(context, dockerfile, cancellationToken);
            var options = new BuildOptions { Tag = build.Image, Dockerfile = dockerfile, Args = build.Args };
            try
            {
                await engine.BuildImageAsync(tar, options, new Said(line => Keep(lines, line, step, title)), cancellationToken);
            }
            catch (EngineException error)
            {
                List<string> said;
                lock (lines) said = [.. lines.Select(line => $"\t{line}")];
                throw new CliException($"The build of {build.Image} failed: {error.Message}", said, $"Its files are in {context}");
            }
            catch (EngineUnavailableException error)
            {
                throw new CliException(
                    $"{build.Image} cannot be built here: {error.Message}",
                    remedy: "Start the engine, set DOCKER_HOST, or install with --no-build when the nodes can pull the image.");
            }
        });
    }

    private static void Keep(Queue<string> lines, string line, ProgressStep step, string title)
    {
        var text = line.Trim();
        if (text.Length == 0) return;
        lock (lines)
        {
            lines.Enqueue(text);
            if (lines.Count > KeptLines) lines.Dequeue();
        }

        if (text.StartsWith("Step ", StringComparison.Ordinal)) step.Retitle($"{title}: {text}");
    }

    private static async Task RunHookAsync(string command, string directory, ProgressStep step, CancellationToken cancellationToken)
    {
        step.Say($"  $ {command}");
        var start = new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new CliException($"The pre_build hook '{command}' could not be started");
        process.OutputDataReceived += (_, line) => Relay(line.Data);
        process.ErrorDataReceived += (_, line) => Relay(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new CliException($"The pre_build hook '{command}' ended with exit code {process.ExitCode}");

        void Relay(string? line)
        {
            if (line is not null) step.Say($"  {line}");
        }
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it calls at once, in order.</summary>
    private sealed class Said(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
