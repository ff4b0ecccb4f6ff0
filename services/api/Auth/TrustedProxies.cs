using System.Net;
using Kontena.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Kontena.Api.Auth;

/// <summary>Proxies that are believed when they say whom they pass on (<c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>). Of all others the headers are a stranger's word, and ignored.</summary>
internal static class TrustedProxies
{
    public const string Key = "Kontena:Api:TrustedProxies";

    public static IReadOnlyList<IPNetwork> From(IConfiguration configuration) =>
        [.. (configuration[Key] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>However many of them stand in a row: the first address from the right that is none of theirs is the client's.</summary>
    public static ForwardedHeadersOptions Options(IReadOnlyList<IPNetwork> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            options.KnownIPNetworks.Add(proxy);
        return options;
    }

    private static IPNetwork Parse(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new SettingException(Key, $"has {text}, which is neither an address nor a subnet", "10.0.0.5, 192.168.0.0/24");
    }
}
