using Kontena.Cli.Output;
using Kontena.StackFiles;

namespace Kontena.Cli.StackSources;

/// <summary>Asks a person for the value of a stack variable (stack-file.md §6.6).</summary>
internal sealed class TerminalQuestions(ITerminal terminal) : IStackQuestions
{
    // A person who cannot be understood so often is not there.
    private const int MaxAttempts = 10;

    public string? Ask(VariableQuestion question) => question.Options.Count > 0 ? Choose(question) : Text(question);

    private string? Text(VariableQuestion question)
    {
        terminal.Error.Write($"> {question.Text} {(question.Default is { } offered ? $"({offered}) " : "")}");
        var answer = question.Secret ? terminal.ReadSecret() : terminal.ReadLine();
        return string.IsNullOrEmpty(answer) ? question.Default : answer;
    }

    private string? Choose(VariableQuestion question)
    {
        terminal.Error.WriteLine($"> {question.Text}");
        for (var i = 0; i < question.Options.Count; i++)
            terminal.Error.WriteLine($"  {i + 1}. {question.Options[i]}{(question.Options[i] == question.Default ? " (default)" : "")}");
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            terminal.Error.Write("> ");
            var answer = terminal.ReadLine();
            if (answer is null) return question.Default;
            if (answer.Length == 0 && question.Default is not null) return question.Default;
            if (int.TryParse(answer, out var number) && number >= 1 && number <= question.Options.Count) return question.Options[number - 1];
            if (question.Options.Contains(answer)) return answer;
            terminal.Error.WriteLine($"  Answer with a number from 1 to {question.Options.Count}.");
        }

        return question.Default;
    }
}
