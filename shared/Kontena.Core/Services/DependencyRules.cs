using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>What a stack deploy waits for before a service: <c>started</c> is what every link asks for and is not kept, <c>healthy</c> and <c>completed</c> are.</summary>
public static class DependencyRules
{
    public const string Started = "started";
    public const string Healthy = "healthy";
    public const string Completed = "completed";

    internal static IReadOnlyList<ServiceDependency> Read(IReadOnlyList<DependencyRequest> dependencies, ServiceSurroundings around, FieldErrors errors)
    {
        var read = new List<ServiceDependency>();
        for (var index = 0; index < dependencies.Count; index++)
        {
            var at = FieldErrors.At(index);
            if (dependencies[index] is not { } dependency || string.IsNullOrWhiteSpace(dependency.Name))
                errors.Reason("is required", "depends_on", at, "name");
            else if (dependency.Condition?.Trim() is not (Started or Healthy or Completed))
                errors.Say($"Condition not supported: one of {Started}, {Healthy}, {Completed}", "depends_on", at, "condition");
            else if (!around.Services.Contains(Service.DocumentId(around.Stack, dependency.Name.Trim())))
                errors.Say($"Service {dependency.Name.Trim()} does not exist in stack {around.Stack}", "depends_on", at, "name");
            else if (dependency.Condition.Trim() == Completed && !around.IsWholeStack)
                errors.Say($"{Completed} makes {dependency.Name.Trim()} a service that is run once by each deploy, which only a stack as a whole can say; change the stack", "depends_on", at, "condition");
            else if (dependency.Condition.Trim() is Healthy or Completed)
                read.Add(new ServiceDependency(dependency.Name.Trim(), dependency.Condition.Trim()));
        }

        return read;
    }
}
