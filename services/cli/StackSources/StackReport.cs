using Kontena.Cli.Parsing;
using Kontena.StackFiles;

namespace Kontena.Cli.StackSources;

/// <summary>Says what is wrong or odd in a stack file, every mistake at once (stack-file.md §14).</summary>
internal static class StackReport
{
    /// <summary>Notices first; throws when there are errors.</summary>
    public static void Write(CommandRun run, string source, StackReadResult result)
    {
        var paint = run.Context.ErrorPaint;
        if (result.Notices.Count > 0)
        {
            run.Say(paint.Yellow($"({source})  YAML contains the following unsupported options and they were rejected:"));
            foreach (var notice in result.Notices) run.Say(paint.Yellow($"  {notice}"));
            run.Say("");
        }

        if (result.Errors.Count == 0) return;
        throw new CliException(
            $"({source})  YAML validation failed! Aborting.",
            [.. result.Errors.Select(error => $"  {paint.Red(error.ToString())}")],
            $"Nothing was sent to the master. Check again with: kontena stack validate {source}");
    }
}
