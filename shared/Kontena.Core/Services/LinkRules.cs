using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Links: <c>service</c> of the own stack or <c>stack/service</c>, and what they point to must exist.</summary>
public static class LinkRules
{
    internal static IReadOnlyList<ServiceLink> Read(IReadOnlyList<LinkRequest> links, ServiceSurroundings around, FieldErrors errors)
    {
        var read = new List<ServiceLink>(links.Count);
        for (var index = 0; index < links.Count; index++)
        {
            if (links[index] is not { } link)
            {
                errors.Reason("can't be nil", "links", FieldErrors.At(index));
                continue;
            }

            var named = CheckText(link.Name, "name", index, errors) & CheckText(link.Alias, "alias", index, errors);
            if (!named)
                continue;
            var (stack, service) = Target(link.Name!, around.Stack);
            if (stack != Service.NoStack && stack != around.Stack && !around.Stacks.Contains(stack))
                errors.Append("links", $"Link {link.Name!.Trim()} points to a stack that does not exist: {stack}");
            else if (!around.Services.Contains(Service.DocumentId(stack, service)))
                errors.Append("links", $"Service {link.Name!.Trim()} does not exist");
            read.Add(new ServiceLink(stack, service, link.Alias!.Trim()));
        }

        return read;
    }

    /// <summary>The stack and service a link's name means, seen from a stack.</summary>
    public static (string Stack, string Service) Target(string name, string ownStack)
    {
        var text = name.Trim();
        var slash = text.IndexOf('/');
        return slash < 0 ? (ownStack, text) : (text[..slash], text[(slash + 1)..]);
    }

    private static bool CheckText(string? text, string field, int index, FieldErrors errors)
    {
        if (text is null)
            errors.Reason("is required", "links", FieldErrors.At(index), field);
        else if (string.IsNullOrWhiteSpace(text))
            errors.Reason("can't be blank", "links", FieldErrors.At(index), field);
        else if (text.Length > 253)
            errors.Reason("is too long", "links", FieldErrors.At(index), field);
        else
            return true;
        return false;
    }
}
