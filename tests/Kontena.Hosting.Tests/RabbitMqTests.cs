using Xunit;

namespace Kontena.Hosting.Tests;

/// <summary>Classes that use the broker run one after the other: one of them kills it.</summary>
[CollectionDefinition(Name)]
public sealed class RabbitMqTests
{
    public const string Name = "rabbitmq";
}
