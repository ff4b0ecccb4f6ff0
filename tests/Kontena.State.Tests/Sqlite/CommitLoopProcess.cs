using System.Diagnostics;
using System.Runtime.CompilerServices;
using Kontena.State.Sqlite;
using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Sqlite;

/// <summary>This test program, started as a child that commits in a loop and prints each version once it is acknowledged.</summary>
internal static class CommitLoopProcess
{
    private const string Variable = "KONTENA_TEST_COMMIT_LOOP";

    public static Process Start(string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(CommitLoopProcess).Assembly.Location);
        start.Environment[Variable] = file;
        return Process.Start(start) ?? throw new InvalidOperationException("the child did not start");
    }

    // Before the test runner's Main, which this child never reaches. Until it returns no other thread may run code of this
    // assembly, hence the blocking calls.
    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } file)
            return;
        using var store = new SqliteStateStore(file, "child");
        var found = store.GetAsync(new DocumentKey(Sample.Partition, Sample.Nodes.Name, "one"), default).GetAwaiter().GetResult();
        for (var version = found?.Version ?? 0; version < 1_000_000; version++)
        {
            var batch = Sample.Batch()
                .Put(Sample.Nodes, Sample.Node("one", (int)version + 1, nodeId: $"n-{version + 1}"), version)
                .Put(Sample.Nodes, Sample.Node($"step-{version + 1}"), 0)
                .Send(Sample.Queue(), Sample.Fact($"{version + 1}"));
            store.CommitAsync(batch, default).GetAwaiter().GetResult();
            Console.WriteLine(version + 1);
        }
    }
}
