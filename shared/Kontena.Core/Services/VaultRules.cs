using Kontena.Contracts.Services;
using Kontena.Core.Vault;

namespace Kontena.Core.Services;

/// <summary>Secrets and certificates must be in the vault before a service can ask for them.</summary>
internal static class VaultRules
{
    /// <summary>What can be used of the list; every mistake is noted. The original ignores the type; without one it is <c>env</c>.</summary>
    public static IReadOnlyList<SecretUse> ReadSecrets(IReadOnlyList<SecretRequest> secrets, ServiceSurroundings around, FieldErrors errors)
    {
        List<SecretUse> uses = [];
        if (secrets.Count > SecretRules.MostOfService)
            errors.Reason($"has {secrets.Count} entries, at most {SecretRules.MostOfService} are possible", "secrets");
        for (var index = 0; index < Math.Min(secrets.Count, SecretRules.MostOfService); index++)
        {
            var secret = secrets[index];
            var type = string.IsNullOrWhiteSpace(secret?.Type) ? SecretUse.Env : secret.Type.Trim();
            var name = secret?.Name?.Trim();
            if (!(Check(secret?.Secret, "secrets", "secret", index, errors) & Check(name, "secrets", "name", index, errors) & CheckForm(name, type, index, errors)))
                continue;
            var wanted = secret!.Secret!.Trim();
            if (around.Secrets.Contains(wanted))
                uses.Add(new SecretUse(wanted, name!, type));
            else
                errors.Append("secrets", $"Secret {wanted} does not exist");
        }

        return uses;
    }

    public static void CheckCertificates(ServiceRequest request, ServiceSurroundings around, FieldErrors errors)
    {
        for (var index = 0; index < (request.Certificates?.Count ?? 0); index++)
        {
            var certificate = request.Certificates![index];
            if (Check(certificate?.Subject, "certificates", "subject", index, errors) & Check(certificate?.Name, "certificates", "name", index, errors)
                && !around.Certificates.Contains(certificate!.Subject!))
                errors.Append("certificates", $"Certificate {certificate.Subject} does not exist");
        }
    }

    private static bool CheckForm(string? name, string type, int index, FieldErrors errors)
    {
        if (type is not (SecretUse.Env or SecretUse.File))
        {
            errors.Reason($"isn't an option: {SecretUse.Env} or {SecretUse.File}", "secrets", FieldErrors.At(index), "type");
            return false;
        }

        if (string.IsNullOrEmpty(name) || (type == SecretUse.Env ? SecretRules.IsVariable(name) : SecretRules.IsFileName(name)))
            return true;
        errors.Reason(
            $"isn't in the right format: {(type == SecretUse.Env ? "a variable's name has no '=' and no control characters" : $"a file's name has {SecretRules.FileNameForm}")}",
            "secrets", FieldErrors.At(index), "name");
        return false;
    }

    private static bool Check(string? text, string list, string field, int index, FieldErrors errors)
    {
        if (!string.IsNullOrWhiteSpace(text))
            return true;
        errors.Reason(text is null ? "is required" : "can't be blank", list, FieldErrors.At(index), field);
        return false;
    }
}
