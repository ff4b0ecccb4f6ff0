using System.Net.Http.Headers;
using System.Text.Json;
using Kontena.Docker.Images;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    public async Task<ImageDetails?> InspectImageAsync(string image, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/images/{EnginePath.Image(image)}/json");
        var found = await _transport.FindAsync(call, EngineJson.Default.WireImage, cancellationToken);
        return found is null
            ? null
            : new ImageDetails(
                found.Id ?? "", found.RepoDigests ?? [], found.Config?.Entrypoint ?? [], found.Config?.Cmd ?? [],
                [.. (found.Config?.Volumes ?? []).Keys]) { Env = found.Config?.Env ?? [] };
    }

    public async Task<IReadOnlyList<ImageSummary>> ListImagesAsync(CancellationToken cancellationToken)
    {
        var found = await _transport.ReadAsync(EngineCall.Get("/images/json"), EngineJson.Default.ListWireImageSummary, cancellationToken);
        return
        [
            .. found.Where(image => image.Id is { Length: > 0 }).Select(image => new ImageSummary
            {
                Id = image.Id!, RepoTags = Names(image.RepoTags), RepoDigests = Names(image.RepoDigests), Size = image.Size,
            }),
        ];
    }

    public Task RemoveImageAsync(string image, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Delete($"/images/{EnginePath.Image(image)}") with { Accepts = [404], Deadline = SlowDeadline }, cancellationToken);

    /// <summary>Older engines write <c>&lt;none&gt;</c> where there is no name.</summary>
    private static List<string> Names(List<string>? names) => [.. (names ?? []).Where(name => !name.Contains("<none>", StringComparison.Ordinal))];

    public async Task PullImageAsync(string image, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(image);
        var call = EngineCall.Post($"/images/create?fromImage={Uri.EscapeDataString(reference.Name)}&tag={Uri.EscapeDataString(reference.Tag)}") with
        {
            RegistryAuth = login is null ? null : RegistryAuth.Header(login),
            Deadline = ProgressReading.Silence,
        };
        await using var stream = await _transport.OpenAsync(call, cancellationToken);
        await ProgressReading.FollowAsync(stream, call.ToString(), progress, cancellationToken);
    }

    public async Task PushImageAsync(string image, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(image);
        var call = EngineCall.Post($"/images/{EnginePath.Image(reference.Name)}/push?tag={Uri.EscapeDataString(reference.Tag)}") with
        {
            RegistryAuth = login is null ? RegistryAuth.Anonymous : RegistryAuth.Header(login),
            Deadline = ProgressReading.Silence,
        };
        await using var stream = await _transport.OpenAsync(call, cancellationToken);
        await ProgressReading.FollowAsync(stream, call.ToString(), progress, cancellationToken);
    }

    public async Task<string> BuildImageAsync(
        Stream contextTar, BuildOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var query = $"?t={Uri.EscapeDataString(options.Tag)}&dockerfile={Uri.EscapeDataString(options.Dockerfile)}&rm=1&forcerm=1";
        if (options.Args.Count > 0)
            query += "&buildargs=" + Uri.EscapeDataString(JsonSerializer.Serialize(options.Args, EngineJson.Default.IReadOnlyDictionaryStringString));

        var call = EngineCall.Post("/build" + query) with
        {
            Body = () => new StreamContent(contextTar) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } },
            Deadline = ProgressReading.Silence,
        };
        await using var stream = await _transport.OpenAsync(call, cancellationToken);
        var id = await ProgressReading.FollowAsync(stream, call.ToString(), progress, cancellationToken);
        id ??= (await InspectImageAsync(options.Tag, cancellationToken))?.Id;
        return id ?? throw new EngineException(500, $"The build of {options.Tag} ended without an image and without an error.");
    }
}
