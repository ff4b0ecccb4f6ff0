using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.State.Documents;

namespace Kontena.GridManager.Stacks;

/// <summary>Whether a stack can be changed at all; the same for every command that names one.</summary>
internal static class StackTexts
{
    public static CommandResult? Obstacle(GridSnapshot grid, string name, out Versioned<Stack> stack)
    {
        stack = null!;
        if (name == Service.NoStack)
            return CommandResult.Refused(FieldError.At("stack", "the stack null holds the services that have no stack; it can't be changed as a whole"));
        if (grid.Stack(name) is not { } found)
            return CommandResult.NotFound($"Stack {grid.Grid.Name}/{name} does not exist");
        if (found.Value.RemovedAt is not null)
            return CommandResult.Refused(FieldError.At("stack", $"{name} is being removed, try again in a moment"));
        stack = found;
        return null;
    }
}
