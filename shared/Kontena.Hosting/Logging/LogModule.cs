using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Kontena.Hosting.Logging;

/// <summary>Serilog to standard error: readable lines, or one JSON object per line with <c>Kontena:Log:Json=true</c>.</summary>
internal static class LogModule
{
    private const string LevelKey = "Kontena:Log:Level";
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} [{service}] {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static void AddKontenaLog(ILoggingBuilder logging, IConfiguration configuration, string service)
    {
        var level = Level(configuration[LevelKey]);
        // Who asks for Debug wants to hear the libraries too.
        var quiet = level is LogEventLevel.Information ? LogEventLevel.Warning : level;
        var settings = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft.AspNetCore", quiet)
            .MinimumLevel.Override("Microsoft.Extensions", quiet)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", quiet)
            .MinimumLevel.Override("MassTransit", quiet)
            .MinimumLevel.Override("System.Net.Http", quiet)
            // /readyz already tells whoever asks; a line per question would flood the log while a broker is away.
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
            // A send that failed is told to its caller, in a sentence; MassTransit would add a page of stack trace.
            .Filter.ByExcluding(entry => entry.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal))
            // RunAsync prints the reason as a sentence.
            .Filter.ByExcluding(entry => entry.MessageTemplate.Text.StartsWith("Hosting failed to start", StringComparison.Ordinal))
            .Enrich.FromLogContext()
            .Enrich.WithProperty("service", service);
        // Everything goes to standard error: standard output belongs to what a process was asked for.
        if (string.Equals(configuration["Kontena:Log:Json"], "true", StringComparison.OrdinalIgnoreCase))
            settings.WriteTo.Console(new JsonFormatter(renderMessage: true), standardErrorFromLevel: LogEventLevel.Verbose);
        else
            settings.WriteTo.Console(outputTemplate: Template, standardErrorFromLevel: LogEventLevel.Verbose);

        Logger logger = settings.CreateLogger();
        logging.ClearProviders();
        logging.AddSerilog(logger, dispose: true);
    }

    private static LogEventLevel Level(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return LogEventLevel.Information;
        if (Enum.TryParse<LogEventLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level))
            return level;
        throw new SettingException(LevelKey, $"is '{text}', which is not a level", "Information (or Verbose, Debug, Warning, Error, Fatal)");
    }
}
