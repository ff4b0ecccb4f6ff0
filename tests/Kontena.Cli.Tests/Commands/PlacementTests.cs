using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class PlacementTests : CliTest
{
    private const string Explained = """
        {"found":true,"problem":null,"wanted":2,"placed":1,
         "instances":[
          {"number":1,"name":"shop.web-1","now":null,"node":"b","stays":false,"problem":null,"nodes":[
            {"node":"b","rule":null,"detail":null,"remedy":null,"score":[{"name":"own instances in az=b","value":0},{"name":"number of the node","value":2}]},
            {"node":"a","rule":"affinity","detail":"fails label==ssd","remedy":"…","score":[]}]},
          {"number":2,"name":"shop.web-2","now":null,"node":null,"stays":false,"problem":null,"nodes":[
            {"node":"a","rule":"affinity","detail":"fails label==ssd","remedy":"…","score":[]},
            {"node":"b","rule":"port","detail":"port 80/tcp is taken by shop.web-1","remedy":"…","score":[]}]}],
         "suggestions":[{"kind":"scale","text":"run 1 of them: kontena service scale shop/web 1","instances":1}]}
        """;

    [Fact]
    public async Task Explain_tells_where_why_and_what_would_help()
    {
        Master.On("GET", "/v1/services/main/shop/web/explain", Explained);
        Assert.Equal(0, await RunAsync("service", "explain", "shop/web"));
        Assert.Equal(
            """
            1 of 2 instances has a node

            INSTANCE     NODE   WHY
            shop.web-1   b      the only one that may take it
            shop.web-2   -      no node may take it: 1 affinity, 1 port

            shop.web-2:
            NODE   VERDICT
            a      no: affinity   fails label==ssd
            b      no: port       port 80/tcp is taken by shop.web-1

            Any of these would let all of them be placed:
              run 1 of them: kontena service scale shop/web 1

            """.ReplaceLineEndings("\n"),
            Out);
    }

    [Fact]
    public async Task Explain_says_who_reaches_a_service_of_a_private_stack()
    {
        Master.On("GET", "/v1/services/main/shop/web/explain", Explained.Replace("\"problem\":null,\"wanted\"", "\"problem\":null,\"reach\":\"private: reached by stack shop\",\"wanted\"", StringComparison.Ordinal));
        Assert.Equal(0, await RunAsync("service", "explain", "shop/web"));
        Assert.StartsWith("1 of 2 instances has a node\nprivate: reached by stack shop\n\nINSTANCE", Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_of_one_instance_shows_every_node()
    {
        Master.On("GET", "/v1/services/main/shop/web/explain?instance=1", Explained);
        Assert.Equal(0, await RunAsync("service", "explain", "--instance", "1", "shop/web"));
        Assert.Contains("b      chosen         number of the node 2", Out);
    }

    [Fact]
    public async Task Simulate_shows_moves_nodes_and_what_finds_no_place()
    {
        Master.On("GET", "/v1/grids/main/simulation?lose=az%3Da1&add=1", """
            {"found":true,"mistakes":[],"lost":["a"],"added":["new-1"],
             "moves":[{"instance":"shop.web-1","from":"a","to":"new-1"}],
             "unplaced":[{"service":"shop/db","missing":1,"data":true,"reason":"no node for shop.db-1"}],
             "nodes":[{"node":"b","before":1,"after":1,"memory_reserved":512,"memory":1024}]}
            """);
        Assert.Equal(0, await RunAsync("grid", "simulate", "--lose", "az=a1", "--add", "1"));
        Assert.Equal(
            """
            lost: a   added: new-1

            INSTANCE     FROM   TO
            shop.web-1   a      new-1

            NODE   INSTANCES   THEN   MEMORY RESERVED
            b      1           1      50 %

            shop/db: 1 instance finds no place; their data is on a lost node
              no node for shop.db-1

            """.ReplaceLineEndings("\n"),
            Out);
    }
}
