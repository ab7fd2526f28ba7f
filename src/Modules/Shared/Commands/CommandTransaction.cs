using System.Text.Json;
using Crm.Shared.Audit;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Http;
using Crm.Shared.Idempotency;
using Crm.Shared.Privacy;
using MediatR;

namespace Crm.Shared.Commands;

/// <summary>
/// The frame around every command: one transaction of its module holding the change, its events, its audit row and, with an
/// Idempotency-Key, its answer. Either all of it is there, or nothing.
/// </summary>
public sealed class CommandTransaction<TDb, TCommand, TAnswer>(TDb db, CommandContext context, KeyRing keys, OutboxSignal<TDb> signal)
    : IPipelineBehavior<TCommand, Answer<TAnswer>>
    where TDb : ModuleDb
    where TCommand : ICommand<TAnswer>
{
    /// <inheritdoc/>
    public async Task<Answer<TAnswer>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Answer<TAnswer>> next)
    {
        db.HasDeliveries = false;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (context.Idempotency is { } key && await db.EnterAsync<TAnswer>(key, keys, cancellationToken) is { } earlier) return earlier;

        var answer = await next();
        var entry = new AuditEntry(typeof(TCommand).Name, answer.Done, context);
        if (request is IGivesReason { Reason: var reason }) entry.Explain(await SubjectKeys.SealAsync(db, keys, entry, reason, cancellationToken));
        db.Audit.Add(entry.Mark(db.Schema, keys));
        if (context.Idempotency is { } used)
        {
            answer = answer with { Stored = JsonSerializer.Serialize(answer.Body, CrmJson.Options) };
            db.StoredAnswers.Add(new StoredAnswer(used, answer.Status, answer.Location, answer.Version, keys.Seal(answer.Stored, StoredAnswer.Place(used))));
        }

        await db.SaveChangesAsync(cancellationToken);
        // From here on the caller going away changes nothing: a commit is never abandoned half-way.
        await transaction.CommitAsync(CancellationToken.None);
        if (db.HasDeliveries) signal.Wake();
        return answer;
    }
}
