namespace Kontena.Contracts.Http;

/// <summary>The version of the HTTP API, told to clients in <c>X-Kontena-Version</c> and <c>GET /</c>.</summary>
/// <remarks>
/// It names the API that is spoken, not a program: the original 1.5 clients warn when major and minor differ from their own, and compare it
/// with the <c>required_kontena_version</c> of stacks (rest-api.md §1.3, §28.14).
/// </remarks>
public static class ApiVersion
{
    public const string Header = "X-Kontena-Version";

    public const string Announced = "1.5.4";
}
