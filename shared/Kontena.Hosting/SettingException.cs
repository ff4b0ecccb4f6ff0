namespace Kontena.Hosting;

/// <summary>A setting that the process can't start with. <see cref="KontenaApplicationBuilder.RunAsync"/> prints it and ends with exit code 1.</summary>
/// <param name="key">The configuration key, e.g. <c>Kontena:Http:Urls</c>.</param>
/// <param name="problem">What is wrong, after the key: "is not a broker address". Never the value when it may hold a password.</param>
/// <param name="expected">An example of what would do.</param>
public sealed class SettingException(string key, string problem, string expected)
    : Exception($"setting {key} {problem}; expected something like {expected} (environment form: {key.Replace(":", "__", StringComparison.Ordinal)})")
{
    public string Key { get; } = key;
}
