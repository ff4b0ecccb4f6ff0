using Kontena.Api.Http;

namespace Kontena.Api.Certificates;

/// <summary>Certificates for services, and the proofs of domains they need (rest-api.md §17).</summary>
internal static class CertificateEndpoints
{
    private static readonly Absence NoCertificates = new(
        "This version keeps and requests no certificates: get them with a client of your certificate authority, and mount the files into the service that ends TLS");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapAbsent("GET", "/v1/grids/{grid}/certificates", "listCertificates", Need.GridUser, NoCertificates);
        routes.MapAbsent("POST", "/v1/grids/{grid}/certificates", "requestCertificate", Need.GridUser, NoCertificates);
        routes.MapAbsent("GET", "/v1/certificates/{grid}/{subject}", "showCertificate", Need.GridUser, NoCertificates);
        routes.MapAbsent("GET", "/v1/certificates/{grid}/{subject}/export", "exportCertificate", Need.GridUser, NoCertificates);
        routes.MapAbsent("PUT", "/v1/certificates/{grid}/{subject}", "importCertificate", Need.GridUser, NoCertificates);
        routes.MapAbsent("DELETE", "/v1/certificates/{grid}/{subject}", "removeCertificate", Need.GridUser, NoCertificates);
        routes.MapAbsent("POST", "/v1/certificates/{grid}/register", "registerAccount", Need.GridUser, NoCertificates);
        routes.MapAbsent("POST", "/v1/certificates/{grid}/authorize", "authorizeDomain", Need.GridUser, NoCertificates);
        routes.MapAbsent("POST", "/v1/certificates/{grid}/certificate", "fetchCertificate", Need.GridUser, NoCertificates);
        routes.MapAbsent("GET", "/v1/grids/{grid}/domain_authorizations", "listDomainAuthorizations", Need.GridUser, NoCertificates);
        routes.MapAbsent("POST", "/v1/grids/{grid}/domain_authorizations", "createDomainAuthorization", Need.GridUser, NoCertificates);
        routes.MapAbsent("GET", "/v1/domain_authorizations/{grid}/{domain}", "showDomainAuthorization", Need.GridUser, NoCertificates);
        routes.MapAbsent("DELETE", "/v1/domain_authorizations/{grid}/{domain}", "removeDomainAuthorization", Need.GridUser, NoCertificates);
    }
}
