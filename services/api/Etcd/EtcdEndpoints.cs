using Kontena.Api.Http;

namespace Kontena.Api.Etcd;

/// <summary>The key-value store that the original runs on its nodes and lets clients use (rest-api.md §14). There is none here.</summary>
internal static class EtcdEndpoints
{
    private static readonly Absence NoEtcd = new(
        "There is no etcd in this grid: nothing here needs one. Give services their settings as env, and run an etcd of your own as a service for what programs share");

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Keys begin with a slash, so that two follow each other in the path.
        const string Key = "/v1/etcd/{grid}/{**key}";
        routes.MapAbsent("GET", Key, "readKey", Need.GridUser, NoEtcd);
        routes.MapAbsent("POST", Key, "writeKey", Need.GridUser, NoEtcd);
        routes.MapAbsent("DELETE", Key, "removeKey", Need.GridUser, NoEtcd);
    }
}
