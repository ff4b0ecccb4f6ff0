using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Names;
using Xunit;

namespace Kontena.NodeAgent.Tests.Names;

public sealed class NamesTableLaws
{
    /// <summary>Few services and addresses, so that rows share names, addresses and domains.</summary>
    private static readonly Gen<NamedInstance> AnyRow =
        from number in Gen.Choose(1, 3)
        from service in Gen.Elements("web", "db")
        from stack in Gen.Elements("shop", "null")
        from standing in Gen.Elements(Enum.GetValues<NameStanding>())
        from address in Gen.Choose(1, 4)
        from node in Gen.Elements("n1", "n2")
        from exposed in Gen.Elements(true, false)
        select Question.Row(number, service, stack, standing, $"10.81.1.{address}", node, exposed && stack != "null");

    [Fact]
    public void However_it_came_about_a_table_is_that_of_its_rows()
    {
        var changes = Gen.ArrayOf(Gen.Zip(AnyRow, Gen.Elements(true, true, false)));
        Prop.ForAll(changes.ToArbitrary(), all =>
        {
            var rows = new Dictionary<string, NamedInstance>();
            var table = NamesTable.Of("test");
            foreach (var (row, stays) in all)
            {
                table = table.After([(rows.GetValueOrDefault(row.Key), stays ? row : null)]);
                rows.Remove(row.Key);
                if (stays)
                    rows[row.Key] = row;
            }

            var anew = NamesTable.Of("test").After(rows.Values.Select(row => ((NamedInstance?)null, (NamedInstance?)row)));
            return Text(table) == Text(anew);
        }).QuickCheckThrowOnFailure();
    }

    private static string Text(NamesTable table)
    {
        string[] names =
        [
            .. from service in (string[])["web", "db"] from domain in (string[])["shop.test.kontena.local", "test.kontena.local", "kontena.local"] from number in (string[])["", "-1", "-2", "-3"] select $"{service}{number}.{domain}",
            "shop.test.kontena.local", "shop-1.test.kontena.local",
        ];
        var found = names.Select(name => $"{name}: {string.Join(' ', (table.Find(name)?.Best ?? []).Select(one => one.Row.Key + one.Row.Standing).Order())}");
        var owners = Enumerable.Range(1, 4).Select(address => string.Join(' ', table.At(0x0A510100u + (uint)address).Select(one => one.Row.Key).Order()));
        var domains = ((string[])["shop.test.kontena.local", "test.kontena.local", "kontena.local"]).Select(table.IsDomain);
        return string.Join('\n', [$"{table.Count}", .. found, .. owners, .. domains.Select(one => $"{one}")]);
    }
}
