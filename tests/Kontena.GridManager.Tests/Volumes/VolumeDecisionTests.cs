using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Services;
using Kontena.GridManager.Stacks;
using Kontena.GridManager.Volumes;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Volumes;

public sealed class VolumeDecisionTests
{
    private static readonly CreateVolume Wanted = new() { Grid = "prod", Name = "data", Scope = "instance", Driver = "local" };

    private static string Create(CreateVolume command, params IReadOnlyList<object> documents) =>
        CreateVolumeDecision.Decide(Some.Snapshot(documents), command, Some.Now, Some.NewId).Reply.Show();

    private static Service Mounting(string id, string volume) =>
        Some.Service(id) is var service ? service with { Spec = service.Spec with { Volumes = [$"{volume}:/data"] } } : null!;

    [Fact]
    public void A_new_volume_has_an_id_of_its_own_and_is_announced()
    {
        var decision = CreateVolumeDecision.Decide(Some.Snapshot(), Wanted with { DriverOpts = new Dictionary<string, string> { ["size"] = "5" } }, Some.Now, Some.NewId);
        var volume = Assert.Single(decision.Puts(StateKeys.Volume));
        Assert.Equal(("data", VolumeScope.Instance, "local", "5"), (volume.Name, volume.Scope, volume.Driver, volume.DriverOpts["size"]));
        Assert.Equal(24, volume.Uid.Length);
        Assert.Equal(["volume data"], decision.Announced());
        Assert.Equal("data", decision.Reply.CreatedId);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once() => Assert.Equal(
        "Refused; name: Name isn't in the right format: 1 to 63 letters, digits, - and _, not starting with -; "
            + "scope: Scope isn't an option: one of instance, stack, grid; driver: Driver version tag cannot be used",
        Create(Wanted with { Name = "-data", Scope = "host", Driver = "rexray/ebs:0.11" }));

    [Fact]
    public void What_is_missing_is_required() => Assert.Equal(
        "Refused; name: Name is required; scope: Scope is required; driver: Driver is required", Create(new CreateVolume { Grid = "prod" }));

    [Fact]
    public void A_name_is_taken_once_and_until_its_data_is_gone()
    {
        Assert.Equal("Refused; name: Volume with given name already exists", Create(Wanted, Some.Volume()));
        Assert.Equal("Refused; name: data is being removed, try again in a moment", Create(Wanted, Some.Volume() with { RemovedAt = Some.Day }));
    }

    [Fact]
    public void A_volume_in_use_is_not_removed()
    {
        var grid = Some.Snapshot(Some.Volume(), Mounting("shop/db", "data"), Mounting("null/app", "data"), Some.Service("null/web"));
        Assert.Equal("Refused; data: Volume still in use in services [app, shop/db]", Delete(grid).Reply.Show());
        var leaving = Some.Snapshot(Some.Volume(), Mounting("shop/db", "data") with { RemovedAt = Some.Day });
        Assert.Equal(Some.Now, Assert.Single(Delete(leaving).Puts(StateKeys.Volume)).RemovedAt);
    }

    [Fact]
    public void Removal_ends_with_the_schedulers_word_about_that_very_volume()
    {
        var grid = Some.Snapshot(Some.Volume() with { RemovedAt = Some.Day });
        var torn = new VolumeTornDown { Grid = "prod", Volume = "data", Uid = "uid-of-data" };
        Assert.Equal(["volume data 9"], VolumeTornDownDecision.Decide(grid, torn).Deletes());
        Assert.Null(VolumeTornDownDecision.Decide(grid, torn with { Uid = "another" }).Batch);
        Assert.Null(VolumeTornDownDecision.Decide(Some.Snapshot(Some.Volume()), torn).Batch);
    }

    [Fact]
    public void Missing_volumes_are_not_found() => Assert.Equal("NotFound; : Volume data not found", Delete(Some.Snapshot()).Reply.Show());

    [Fact]
    public void A_service_mounts_volumes_that_exist()
    {
        var request = Some.Request("db") with { Volumes = ["data:/data", "gone:/gone"] };
        var create = new CreateService { Grid = "prod", Request = request };
        var grid = Some.Snapshot(Some.Volume(), Some.Volume("gone") with { RemovedAt = Some.Day });
        Assert.Equal(
            "Refused; volumes.[]: volume gone does not exist; create it first: kontena volume create --driver local --scope instance gone",
            CreateServiceDecision.Decide(grid, create, Some.Now, Some.NewId).Reply.Show());
        var good = create with { Request = request with { Volumes = ["data:/data:ro"] } };
        Assert.Equal(["data:/data:ro"], Assert.Single(CreateServiceDecision.Decide(grid, good, Some.Now, Some.NewId).Puts(StateKeys.Service)).Spec.Volumes);
    }

    [Fact]
    public void A_stack_mounts_external_volumes_by_its_own_names()
    {
        var request = Some.StackRequest(Some.Request("db") with { Volumes = ["mine:/data"] }) with { Volumes = [new StackVolumeRequest("mine", "data")] };
        var create = CreateStackDecision.Decide(Some.Snapshot(Some.Volume()), new CreateStack { Grid = "prod", Request = request }, Some.Now, Some.NewId);
        Assert.Equal(["data:/data"], Assert.Single(create.Puts(StateKeys.Service)).Spec.Volumes);
        Assert.Equal(
            "Refused; volumes.mine.external: External volume data does not exist; create it first: kontena volume create --driver local --scope instance data",
            CreateStackDecision.Decide(Some.Snapshot(), new CreateStack { Grid = "prod", Request = request }, Some.Now, Some.NewId).Reply.Show());
    }

    [Theory]
    [InlineData("mine:/data")]
    [InlineData("data:/data")]
    public void A_service_of_a_stack_may_name_a_volume_by_either_name(string entry)
    {
        var stack = Some.Stack();
        stack = stack with { Latest = stack.Latest with { Volumes = [new StackVolumeRequest("mine", "data")] } };
        var update = new UpdateService { Grid = "prod", Stack = "shop", Service = "db", Request = new ServiceRequest { Volumes = [entry] } };
        var decision = UpdateServiceDecision.Decide(Some.Snapshot(Some.Volume(), stack, Some.Service("shop/db")), update, Some.Now);
        Assert.Equal(["data:/data"], Assert.Single(decision.Puts(StateKeys.Service)).Spec.Volumes);
    }

    [Fact]
    public void Volumes_and_the_map_of_its_network_go_with_their_grid() =>
        Assert.Equal(["volume data 9", "network-map map -1"], DeleteGridDecision.Empty(Some.Snapshot(Some.Volume())).Deletes());

    private static Decisions.Decision<Contracts.Commands.CommandResult> Delete(Decisions.GridSnapshot grid) =>
        DeleteVolumeDecision.Decide(grid, new DeleteVolume { Grid = "prod", Volume = "data" }, Some.Now);
}
