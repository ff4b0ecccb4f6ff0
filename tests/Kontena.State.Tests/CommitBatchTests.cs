using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests;

public sealed class CommitBatchTests
{
    [Fact]
    public void A_document_is_written_once_per_batch()
    {
        var batch = Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0);

        Assert.Contains("'one'", Assert.Throws<ArgumentException>(() => batch.Put(Sample.Nodes, Sample.Node("one"), 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => batch.Delete(Sample.Nodes, "one", 1));
        batch.Expect(Sample.Nodes, "one", 0).Put(Sample.Nodes, Sample.Node("two"), 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u001fb")]
    [InlineData("a\nb")]
    public void An_id_or_index_value_has_no_control_characters(string text)
    {
        Assert.Throws<ArgumentException>(() => Sample.Batch().Put(Sample.Nodes, Sample.Node(text), 0));
        Assert.Throws<ArgumentException>(() => Sample.Batch().Put(Sample.Nodes, Sample.Node("one", nodeId: text), 0));
        Assert.Throws<ArgumentException>(() => Sample.Batch().Delete(Sample.Nodes, text, 0));
    }

    [Fact]
    public void A_batch_is_bounded()
    {
        var batch = Sample.Batch();
        for (var i = 0; i < CommitBatch.MaxOperations; i++)
            batch.Expect(Sample.Nodes, $"{i}", 0);

        Assert.Throws<InvalidOperationException>(() => batch.Send(Sample.Queue(), Sample.Fact("one")));
        Assert.Throws<ArgumentException>(
            () => Sample.Batch().Put(Sample.Nodes, Sample.Node("one") with { Token = new string('x', CommitBatch.MaxJsonLength) }, 0));
    }

    [Fact]
    public void A_message_that_no_reader_could_name_is_refused() =>
        Assert.Contains("KontenaJson", Assert.Throws<ArgumentException>(
            () => Sample.Batch().Send(Sample.Queue(), new Uri("http://localhost"))).Message, StringComparison.Ordinal);
}
