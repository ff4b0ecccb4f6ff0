using Kontena.Contracts.Instances;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class SecretsTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task A_container_reads_its_secrets_as_variable_and_as_a_file_in_memory_that_it_can_not_change()
    {
        var spec = Some.Spec(Fresh("secrets")) with { User = "1000:1000" };
        spec = spec with { Secrets = [Sealed(spec, "PASS", "env", "of the environment"), Sealed(spec, "pass.txt", "file", "line 1\nline 2")] };
        await RunAsync(spec);

        var (code, output) = await ShellAsync(spec.Name, "echo \"$PASS\"; cat /run/secrets/pass.txt; echo; grep ' /run/secrets ' /proc/mounts; echo x > /run/secrets/pass.txt");

        Assert.NotEqual(0, code);
        Assert.Matches("^of the environment\nline 1\nline 2\n[a-z]+ /run/secrets tmpfs ro,", output);
    }

    private InstanceSecret Sealed(InstanceSpec spec, string name, string type, string value) => new("DB_PASS", name, type)
    {
        Value = BusSeal.Seal(Agent.SecretKey.PublicKey, SecretPlaces.Delivery(spec.Grid, IdOf(spec), "DB_PASS"), value),
    };
}
