using Kontena.Testing.RabbitMq;
using Xunit;

[assembly: AssemblyFixture(typeof(RabbitMqBroker))]
