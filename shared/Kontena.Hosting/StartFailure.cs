using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Kontena.Hosting;

/// <summary>Says in one sentence why a process could not start.</summary>
internal static class StartFailure
{
    public static string Explain(Exception exception) => exception switch
    {
        SettingException setting => $"can't start: {setting.Message}",
        OptionsValidationException options => $"can't start, settings are wrong: {string.Join("; ", options.Failures)}",
        IOException { InnerException: AddressInUseException } busy =>
            $"can't start: {busy.Message} End the other process or set Kontena__Http__Urls to a free port.",
        AggregateException { InnerExceptions.Count: 1 } one => Explain(one.InnerExceptions[0]),
        _ => $"can't start: {exception.Message} ({exception.GetType().Name})",
    };
}
