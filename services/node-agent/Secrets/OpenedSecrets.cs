using System.Text;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;

namespace Kontena.NodeAgent.Secrets;

/// <summary>What a container is given of the vault: in clear, so only while it is made. Pure but for the opening, which is given.</summary>
/// <param name="Env"><c>NAME=value</c> each.</param>
/// <param name="Problem">Why there is none of it, without a value in it; null: all is here.</param>
internal sealed record OpenedSecrets(IReadOnlyList<string> Env, IReadOnlyList<SecretFile> Files, string? Problem = null)
{
    /// <summary>What Linux takes of one variable, its name and the zero at its end included.</summary>
    private const int LargestVariable = 131072;

    public static readonly OpenedSecrets None = new([], []);

    /// <param name="instanceId">Whose order it is; values sealed for another's do not open.</param>
    /// <param name="spec">From the order.</param>
    /// <param name="open">Opens a value for its place; null when it can't.</param>
    public static OpenedSecrets Of(string instanceId, InstanceSpec spec, Func<string, SealedValue, string?> open)
    {
        if (spec.Secrets.Count == 0)
            return None;
        if (spec.SecretsProblem is { } problem)
            return None with { Problem = $"{problem}. Then deploy the service again" };
        List<string> env = [];
        List<SecretFile> files = [];
        foreach (var same in spec.Secrets.GroupBy(use => (use.Type == SecretUse.File, use.Name)))
        {
            List<string> values = [];
            foreach (var use in same)
            {
                if (use.Value is not { } value || open(SecretPlaces.Delivery(spec.Grid, instanceId, use.Secret), value) is not { } text)
                    return None with { Problem = $"secret {use.Secret} was not sealed for this node's key. Deploy the service again" };
                values.Add(text);
            }

            // As the original does, for example with several certificates in one variable.
            var joined = string.Join('\n', values);
            if (same.Key.Item1)
                files.Add(new SecretFile(same.Key.Name, joined));
            else if (Refusal(same.Key.Name, joined) is { } refusal)
                return None with { Problem = refusal };
            else
                env.Add($"{same.Key.Name}={joined}");
        }

        return new OpenedSecrets(env, files);
    }

    /// <summary>Said here, as the engine's own error would quote the value.</summary>
    private static string? Refusal(string name, string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
            return $"environment variable {name} has a zero byte in it, which no environment can hold. Use type file";
        var size = Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 2;
        return size <= LargestVariable
            ? null
            : $"environment variable {name} is too large at {size} bytes, at most {LargestVariable} are possible. Give it fewer secrets, or use type file";
    }

    /// <summary>Without values: this must not get into a log by being written out.</summary>
    public override string ToString() => $"{Env.Count} variables, {Files.Count} files";
}

/// <summary>One file in <c>/run/secrets</c>.</summary>
internal sealed record SecretFile(string Name, string Content)
{
    /// <summary>Without the content.</summary>
    public override string ToString() => Name;
}
