using System.Globalization;
using Kontena.Api.PublicBus;
using Microsoft.AspNetCore.Http;

namespace Kontena.Api.Tests.PublicBus;

public sealed class InProcessResponseTests
{
    [Fact]
    public async Task What_waits_for_an_answer_to_begin_runs_once_the_last_first()
    {
        var http = new DefaultHttpContext();
        using var response = new InProcessResponse(http, TestContext.Current.CancellationToken);
        var ran = "";
        foreach (var number in new[] { 1, 2 })
        {
            http.Response.OnStarting(() =>
            {
                ran += number.ToString(CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            });
        }

        await response.BeginAsync();
        await response.BeginAsync();

        Assert.Equal("21", ran);
    }

    [Fact]
    public void An_answer_that_breaks_off_is_known_and_a_request_ends_with_its_token()
    {
        using var ended = new CancellationTokenSource();
        var http = new DefaultHttpContext();
        using var response = new InProcessResponse(http, ended.Token);
        Assert.False(response.IsBroken);
        Assert.Equal(ended.Token, http.RequestAborted);

        http.Abort();

        Assert.True(response.IsBroken);
    }
}
