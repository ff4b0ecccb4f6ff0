using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Kontena.Contracts.Tests;

/// <summary>
/// Everything that crosses a process, spelled out in <c>Contracts.approved.txt</c>. A difference there is the compatibility review:
/// old and new processes run side by side, so a member may be added, never renamed, retyped or made required.
/// </summary>
public sealed class WireBaselineTests
{
    [Fact]
    public void The_contracts_are_those_that_were_approved()
    {
        var approved = File.ReadAllText(ApprovedFile());
        var current = Describe();

        if (approved != current)
        {
            File.WriteAllText(ApprovedFile(), current);
            Assert.Fail("the contracts differ from Contracts.approved.txt, which was rewritten: read its diff, and commit it when every change only adds");
        }
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        var types = typeof(KontenaJson).Assembly.GetExportedTypes()
            .Where(type => !type.IsAssignableTo(typeof(System.Text.Json.Serialization.JsonSerializerContext)) && !type.IsAssignableTo(typeof(Delegate)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal);
        foreach (var type in types)
        {
            text.Append(type.FullName).Append('\n');
            if (type.IsEnum)
            {
                foreach (var name in Enum.GetNames(type))
                    text.Append("  ").Append(name).Append('\n');
                continue;
            }

            var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(property => property.Name != "EqualityContract")
                .OrderBy(property => property.Name, StringComparer.Ordinal);
            foreach (var property in properties)
            {
                var required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : "required ";
                text.Append("  ").Append(required).Append(Name(property.PropertyType)).Append(Nullable(property)).Append(' ').Append(property.Name).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Nullable(PropertyInfo property) =>
        !property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable ? "?" : "";

    private static string Name(Type type)
    {
        if (System.Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        return type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }

    private static string ApprovedFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Contracts.approved.txt");
}
