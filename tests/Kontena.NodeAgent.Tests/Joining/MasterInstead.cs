using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Kontena.NodeAgent.Tests.Joining;

/// <summary>A master on the loopback that answers what the test has written down, and remembers what it was sent.</summary>
internal sealed class MasterInstead : IAsyncDisposable
{
    private readonly WebApplication _application;

    private MasterInstead(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.First());

    public List<string> Bodies { get; } = [];

    public int Status { get; set; } = 200;

    public string Text { get; set; } = "";

    /// <summary>So many requests are told to come again first.</summary>
    public int Busy { get; set; }

    public static async Task<MasterInstead> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var master = new MasterInstead(application);
        application.Run(master.AnswerAsync);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return master;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        Bodies.Add($"{http.Request.Path} {await reader.ReadToEndAsync(http.RequestAborted)}");
        http.Response.StatusCode = Busy-- > 0 ? 503 : Status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(Text, http.RequestAborted);
    }
}
