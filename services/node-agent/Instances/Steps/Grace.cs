using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Says so when the engine had to kill a container that did not heed its stop signal: that it took the whole grace shows it.</summary>
internal sealed class Grace : IDisposable
{
    private readonly StepContext _context;
    private readonly int _seconds;
    private readonly string? _signal;
    private readonly long _began;

    private Grace(StepContext context, int seconds)
    {
        (_context, _seconds) = (context, seconds);
        _signal = context.Order.Spec?.StopSignal;
        _began = context.Tools.Time.GetTimestamp();
    }

    /// <summary>To be disposed when the engine has answered.</summary>
    public static Grace Watch(StepContext context, int seconds) => new(context, seconds);

    public void Dispose()
    {
        if (_seconds < 1 || _context.Tools.Time.GetElapsedTime(_began) < TimeSpan.FromSeconds(_seconds))
            return;
        var text = $"did not end within {_seconds} s of {_signal ?? "its stop signal"} and was killed; let its program heed the signal, or raise stop_grace_period";
        _context.Memory = _context.Memory with { Notice = $"the container before {text}" };
        _context.Tools.Logger.LogWarning("Instance {Instance}: the container {Text}", _context.Order.Name, text);
        if (_context.Order.Spec is { } spec)
            _context.Tools.HookOutput.Add(spec, _context.Order.InstanceId, _context.Seen?.Id ?? "", _context.Now, "stderr", $"the container {text}");
    }
}
