using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;

namespace Kontena.Api.Tests.Audit;

public sealed class ReplayTests
{
    [Fact]
    public async Task Dead_letters_are_sent_back_once_it_is_written_down_who_did()
    {
        await using var api = await ApiUnderTest.StartAsync();
        Assert.Equal(422, (await api.PostAsync("/v1/admin/dead-letters/x_error/replay?limit=0")).Status);
        Assert.Equal(404, (await api.PostAsync("/v1/admin/dead-letters/x/replay")).Status);
        Assert.Empty(api.Bus.Asked);

        Assert.Equal(503, (await api.PostAsync("/v1/admin/dead-letters/x_error/replay")).Status);
        api.Bus.Answer<NoteReplay>(_ => CommandResult.Done());
        // There is no such queue.
        Assert.Equal(404, (await api.PostAsync("/v1/admin/dead-letters/x_error/replay")).Status);
        Assert.All(api.Bus.Asked, one => Assert.Equal(new NoteReplay { Queue = "x_error" }, one.Message));
    }
}
