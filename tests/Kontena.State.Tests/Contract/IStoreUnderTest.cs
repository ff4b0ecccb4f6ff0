namespace Kontena.State.Tests.Contract;

/// <summary>What the contract suite needs of an engine: stores on the same data, opened and closed at will.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    /// <summary>Another process's view of the same data.</summary>
    IStateStore Open(string origin = "a");
}
