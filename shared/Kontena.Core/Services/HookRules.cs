using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Hooks of the three stages that nodes run; <c>pre_build</c> is the client's own and not kept.</summary>
internal static class HookRules
{
    /// <summary>Seconds.</summary>
    private const int MaxTimeout = 3600;

    public static IReadOnlyList<ServiceHook> Read(HooksRequest hooks, FieldErrors errors)
    {
        var read = new List<ServiceHook>();
        Read(hooks.PreStart, "pre_start", read, errors);
        Read(hooks.PostStart, "post_start", read, errors);
        Read(hooks.PreStop, "pre_stop", read, errors);
        return read;
    }

    private static void Read(IReadOnlyList<HookRequest>? hooks, string type, List<ServiceHook> read, FieldErrors errors)
    {
        for (var index = 0; index < (hooks?.Count ?? 0); index++)
        {
            if (hooks![index] is not { } hook)
            {
                errors.Reason("can't be nil", "hooks", type, FieldErrors.At(index));
                continue;
            }

            Check(hook.Name, "name", type, index, errors);
            Check(hook.Cmd, "cmd", type, index, errors);
            Check(hook.Instances, "instances", type, index, errors);
            if (!string.IsNullOrWhiteSpace(hook.Instances) && !IsInstances(hook.Instances))
                errors.Reason("isn't in the right format", "hooks", type, FieldErrors.At(index), "instances");
            if (hook.Timeout is < 1 or > MaxTimeout)
                errors.Reason(hook.Timeout < 1 ? "is too small" : "is too big", "hooks", type, FieldErrors.At(index), "timeout");
            read.Add(new ServiceHook(hook.Name?.Trim() ?? "", type, hook.Cmd ?? "", hook.Instances?.Replace(" ", "") ?? "", hook.Oneshot ?? false)
            {
                Timeout = hook.Timeout,
            });
        }
    }

    private static void Check(string? text, string field, string type, int index, FieldErrors errors)
    {
        if (text is null)
            errors.Reason("is required", "hooks", type, FieldErrors.At(index), field);
        else if (string.IsNullOrWhiteSpace(text))
            errors.Reason("can't be blank", "hooks", type, FieldErrors.At(index), field);
    }

    private static bool IsInstances(string text) =>
        text.Trim() == "*" || text.Split(',').All(part => int.TryParse(part.Trim(), out var number) && number >= 1);
}
