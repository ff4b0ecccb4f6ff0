using MassTransit;

namespace Kontena.GridManager.Decisions;

/// <summary>Answers who asked. A command that was sent or replayed has nobody to answer to, and without this its answer would be published to all.</summary>
internal static class Answering
{
    public static Task AnswerAsync<T>(this ConsumeContext context, T answer)
        where T : class =>
        context.ResponseAddress is null ? Task.CompletedTask : context.RespondAsync(answer);
}
