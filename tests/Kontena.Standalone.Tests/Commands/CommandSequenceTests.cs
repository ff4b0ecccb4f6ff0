using Xunit;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>What each command of the original client asks (rest-api.md §26) is answered by the platform with what the command reads.</summary>
public sealed class CommandSequenceTests(RunningStandalone standalone) : IClassFixture<RunningStandalone>
{
    private static readonly IReadOnlyList<CommandSequence> All =
    [
        .. MasterSequences.All, .. UserSequences.All, .. GridSequences.All, .. NodeSequences.All, .. ServiceSequences.All, .. StackSequences.All, .. ContainerSequences.All, .. GridThingSequences.All,
    ];

    public static TheoryData<string> Commands => [.. All.Select(one => one.Command)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_gets_what_it_reads(string command)
    {
        var sequence = All.Single(one => one.Command == command);
        var run = new SequenceRun(standalone);

        foreach (var call in sequence.Before.Concat(sequence.Calls))
            await run.SendAsync(call);
    }
}
