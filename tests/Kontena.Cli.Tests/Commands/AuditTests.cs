using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class AuditTests : CliTest
{
    private const string Logs = """{"logs":[{"time":"2018-03-12T10:00:01.120Z","grid":"main","grid_id":"main","service":"","resource_type":"Stack","resource_name":"web","resource_id":"5a9f","event_name":"delete","event_status":"refused","source_ip":"10.0.0.9","user_agent":"kontena-cli/1.5.4","user_identity":{"id":"5a9f","email":"ann@example.com"}}]}""";

    [Theory]
    [InlineData("grid", "/v1/grids/main/audit_log")]
    [InlineData("master", "/v1/audit_logs")]
    public async Task The_log_has_the_fixed_columns_of_the_original_and_tells_refusals(string noun, string path)
    {
        Master.On("GET", path, Logs);
        Assert.Equal(0, await RunAsync(noun, "audit-log"));
        var lines = Out.Split('\n');
        Assert.Equal(0, lines[1].IndexOf("2018-03-12T10:00:01.120Z", StringComparison.Ordinal));
        foreach (var (header, cell) in new[] { ("Grid", "main"), ("Resource Type", "Stack"), ("Event Name", "delete (refused)") })
            Assert.Equal(lines[0].IndexOf(header, StringComparison.Ordinal), lines[1].IndexOf(cell, StringComparison.Ordinal));
        Assert.Equal(1, await AgainAsync(noun, "audit-log", "-l", "0"));
    }

    [Theory]
    [InlineData("grid", "/v1/grids/main/audit_log/verify")]
    [InlineData("master", "/v1/audit_logs/verify")]
    public async Task Verification_fails_with_the_first_broken_record(string noun, string path)
    {
        Master.On("GET", path,
            """{"intact":true,"chains":[{"grid":null,"writer":"grid-manager","first":1,"last":3,"hash":"ab","broken_record":null,"broken_reason":null}]}""",
            """{"intact":false,"chains":[{"grid":"main","writer":"grid-manager","first":1,"last":3,"hash":"ab","broken_record":"grid-manager/000000000002","broken_reason":"is missing"}]}""");
        Assert.Equal(0, await RunAsync(noun, "audit-verify"));
        Assert.Equal("master/grid-manager: records 1 to 3 are intact, ab\n", Out);
        Assert.Equal(1, await AgainAsync(noun, "audit-verify"));
        Assert.Equal("main/grid-manager: record grid-manager/000000000002 is missing\n", Out);
    }
}
