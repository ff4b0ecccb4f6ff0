using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Secrets and certificates must be in the vault before a service can ask for them.</summary>
internal static class VaultRules
{
    public static void Check(ServiceRequest request, ServiceSurroundings around, FieldErrors errors)
    {
        for (var index = 0; index < (request.Secrets?.Count ?? 0); index++)
        {
            var secret = request.Secrets![index];
            if (Check(secret?.Secret, "secrets", "secret", index, errors) & Check(secret?.Name, "secrets", "name", index, errors)
                && !around.Secrets.Contains(secret!.Secret!))
                errors.Append("secrets", $"Secret {secret.Secret} can't be used by a service: this version brings no secrets into containers. Give the value as env");
        }

        for (var index = 0; index < (request.Certificates?.Count ?? 0); index++)
        {
            var certificate = request.Certificates![index];
            if (Check(certificate?.Subject, "certificates", "subject", index, errors) & Check(certificate?.Name, "certificates", "name", index, errors)
                && !around.Certificates.Contains(certificate!.Subject!))
                errors.Append("certificates", $"Certificate {certificate.Subject} does not exist");
        }
    }

    private static bool Check(string? text, string list, string field, int index, FieldErrors errors)
    {
        if (!string.IsNullOrWhiteSpace(text))
            return true;
        errors.Reason(text is null ? "is required" : "can't be blank", list, FieldErrors.At(index), field);
        return false;
    }
}
