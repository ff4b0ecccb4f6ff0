using System.Text.Json;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Audit;
using MassTransit;
using Xunit;

namespace Kontena.GridManager.Tests.Audit;

/// <summary>The table of what is written down.</summary>
public class AuditedCommandsTests
{
    private static IEnumerable<Type> Taken =>
        typeof(GridManagerModule).Assembly.GetTypes().SelectMany(type => type.GetInterfaces())
            .Where(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(one => one.GetGenericArguments()[0]).Distinct();

    [Fact]
    public void Every_message_that_grid_manager_takes_is_written_down_or_has_a_reason_why_not()
    {
        Assert.True(Taken.Count() > 30);
        Assert.Equal([], Taken.Where(type => AuditedCommands.Has(type) == AuditedCommands.NotWrittenDown.ContainsKey(type.Name)).Select(type => type.Name));
        Assert.Equal([], AuditedCommands.NotWrittenDown.Keys.Except(Taken.Select(type => type.Name)));
    }

    [Fact]
    public void No_token_and_no_environment_gets_into_a_record()
    {
        object[] commands =
        [
            new CreateGrid { Name = "prod", Token = "s3cr3t" },
            new CreateNode { Grid = "prod", Name = "n", Token = "s3cr3t" },
            new ResetNodeToken { Grid = "prod", Node = "n", Token = "s3cr3t" },
            new UpdateService { Grid = "prod", Stack = "web", Service = "api", Request = new ServiceRequest { Env = ["A=s3cr3t"] }, SetEnv = "A=s3cr3t" },
            new CreateService { Grid = "prod", Request = new ServiceRequest { Name = "api", Env = ["A=s3cr3t"] } },
            new CreateIntegration { Name = "ci", BrokerPassword = "s3cr3t" },
            new CreateStack { Grid = "prod", Request = new StackRequest { Name = "web" } },
        ];
        foreach (var command in commands)
            Assert.DoesNotContain("s3cr3t", JsonSerializer.Serialize(AuditedCommands.EntryOf(command)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_variable_is_told_from_another_update()
    {
        var update = new UpdateService { Grid = "prod", Stack = "web", Service = "api", Request = new ServiceRequest() };
        Assert.Equal("update", AuditedCommands.EntryOf(update)!.Event);
        Assert.Equal("add_env", AuditedCommands.EntryOf(update with { SetEnv = "A=b" })!.Event);
        Assert.Equal("remove_env", AuditedCommands.EntryOf(update with { UnsetEnv = "A" })!.Event);
    }
}
