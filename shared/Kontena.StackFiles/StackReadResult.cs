using Kontena.Contracts.Stacks;

namespace Kontena.StackFiles;

/// <summary>What a stack file says, or all that is wrong with it.</summary>
public sealed record StackReadResult
{
    /// <summary>The API's payload; null exactly when there are errors.</summary>
    public StackRequest? Request { get; init; }
    public IReadOnlyList<StackFileError> Errors { get; init; } = [];

    /// <summary>What was understood but ignored, or looks unintended. Never a reason to stop.</summary>
    public IReadOnlyList<StackFileError> Notices { get; init; } = [];

    /// <summary>The images to build before installing.</summary>
    public IReadOnlyList<BuildInstruction> Builds { get; init; } = [];
}

/// <summary>One remark and its place.</summary>
/// <param name="File">As it was named by who referred to it.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Path">The keys from the root, e.g. <c>services.web.ports</c>; empty for the root.</param>
public sealed record StackFileError(string File, int Line, int Column, string Path, string Message)
{
    /// <summary><c>kontena.yml:12:5 services.web.ports: message</c>.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}:{Column}" : File;
        return Path.Length > 0 ? $"{place} {Path}: {Message}" : $"{place}: {Message}";
    }
}

/// <summary>"Build this before you install."</summary>
/// <param name="Context">A folder: absolute, or relative to the working directory.</param>
/// <param name="Dockerfile">Relative to the context; null for <c>Dockerfile</c>.</param>
/// <param name="BeforeBuild">Shell commands to run first (<c>hooks.pre_build</c>).</param>
public sealed record BuildInstruction(
    string Service,
    string Image,
    string Context,
    string? Dockerfile,
    IReadOnlyDictionary<string, string> Args,
    IReadOnlyList<string> BeforeBuild);
