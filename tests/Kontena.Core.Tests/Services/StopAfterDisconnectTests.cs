using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public sealed class StopAfterDisconnectTests
{
    private static SpecReading Read(bool stateful, int seconds) => ServiceSpecReader.ReadNew(
        Some.Request with { Stateful = stateful, DeployOpts = new DeployOptsRequest { StopAfterDisconnect = seconds } }, Some.Around);

    [Theory]
    [InlineData(20)]
    [InlineData(86400)]
    public void A_stateful_service_may_ask_for_it(int seconds) => Assert.Equal(seconds, Read(stateful: true, seconds).Spec!.StopAfterDisconnect);

    [Theory]
    [InlineData(true, 19, "deploy_opts.stop_after_disconnect: Stop After Disconnect is out of range: from 20 seconds to a day")]
    [InlineData(true, 86401, "deploy_opts.stop_after_disconnect: Stop After Disconnect is out of range: from 20 seconds to a day")]
    [InlineData(false, 60, "deploy_opts.stop_after_disconnect: Stop After Disconnect is for stateful services; others run on and are started elsewhere")]
    public void Else_it_is_refused(bool stateful, int seconds, string expected) => Assert.Equal(expected, Some.Show(Read(stateful, seconds).Errors));
}
