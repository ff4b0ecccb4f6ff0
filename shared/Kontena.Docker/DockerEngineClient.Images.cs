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
                [.. (found.Config?.Volumes ?? []).Keys]);
    }

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
