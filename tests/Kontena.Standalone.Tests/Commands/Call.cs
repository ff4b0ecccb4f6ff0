namespace Kontena.Standalone.Tests.Commands;

/// <summary>One request of a command of the original client, and what the command reads of the answer.</summary>
/// <param name="Method">One of HTTP; <c>FOLLOW</c> reads the first object of a stream, <c>WS</c> sends the body as a frame and reads frames to the end.</param>
/// <param name="Path">Below <c>/v1/</c> unless it begins with a slash. <c>&lt;FIELD&gt;</c> stands for a field of an earlier answer, in the body too.</param>
/// <param name="Body">JSON with exactly the fields that the command sends; null for none.</param>
/// <param name="Status">Of the answer.</param>
internal sealed record Call(string Method, string Path, string? Body, int Status)
{
    /// <summary>As <see cref="AnswerFields"/> has it.</summary>
    public string Reads { get; init; } = "";

    /// <summary>Asked again until this field is there, or has the value after <c>=</c>; empty: until the status is right.</summary>
    public string? Until { get; init; }

    /// <summary>Sent without a token, as by a client that is only about to log in.</summary>
    public bool IsAnonymous { get; init; }

    public static Call Get(string path, string reads = "", string? until = null, int status = 200) =>
        new("GET", path, null, status) { Reads = reads, Until = until };

    public static Call Post(string path, string body, int status = 200, string reads = "") => new("POST", path, body, status) { Reads = reads };

    public static Call Put(string path, string body, int status = 200, string reads = "") => new("PUT", path, body, status) { Reads = reads };

    public static Call Patch(string path, string body, int status = 200, string reads = "") => new("PATCH", path, body, status) { Reads = reads };

    public static Call Delete(string path, string? body = null, int status = 200, string reads = "") => new("DELETE", path, body, status) { Reads = reads };

    public static Call Follow(string path, string reads) => new("FOLLOW", path, null, 200) { Reads = reads };

    public static Call Exec(string path, string frame, string reads) => new("WS", path, frame, 101) { Reads = reads };

    /// <summary>What is asked when something was removed, until it is gone.</summary>
    public static Call Gone(string path) => new("GET", path, null, 404) { Until = "" };

    /// <summary>What has no means here is refused in words; the client prints them.</summary>
    public static Call Absent(string method, string path, string? body = null) => new(method, path, body, 501) { Reads = "error!" };
}

/// <summary>What a command of the original client asks of a master, in order.</summary>
/// <param name="Command">As people type it.</param>
internal sealed record CommandSequence(string Command, params IReadOnlyList<Call> Calls)
{
    /// <summary>Brings about what the command is used for; no part of it.</summary>
    public IReadOnlyList<Call> Before { get; init; } = [];
}
