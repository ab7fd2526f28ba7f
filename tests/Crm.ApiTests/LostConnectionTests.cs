using Crm.ApiTests.Infrastructure;
using Crm.Complaints;
using Crm.Complaints.Data;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>A transaction ends with its connection: nothing of it goes on over another one.</summary>
public sealed class LostConnectionTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    public async Task Whose_connection_is_lost_in_the_middle_has_done_nothing_and_goes_on_nowhere()
    {
        for (var round = 0; round < 5; round++)
        {
            var (before, after) = (Guid.NewGuid(), Guid.NewGuid());
            await using (var scope = system.Host.Services.CreateAsyncScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<ComplaintsDb>();
                await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
                await ReceiveAsync(db, before);
                var session = await db.Database.SqlQuery<int>($"""SELECT pg_backend_pid() AS "Value" """).SingleAsync(TestContext.Current.CancellationToken);
                (await system.ScalarAsync<bool>("SELECT pg_terminate_backend($1)", session)).ShouldBeTrue();
                // The first finds out; whatever is tried afterwards would find another connection.
                Func<Task>[] tries =
                [
                    () => ReceiveAsync(db, after), () => ReceiveAsync(db, after), () => db.LockFreeRowsAsync<Complaint>([after], TestContext.Current.CancellationToken),
                    () => db.Complaints.AnyAsync(TestContext.Current.CancellationToken), () => SaveAsync(db, after), () => SaveAsync(db, after), () => transaction.CommitAsync(TestContext.Current.CancellationToken),
                ];
                foreach (var attempt in tries)
                {
                    var lost = await Should.ThrowAsync<Exception>(attempt);
                    DatabaseTrouble.IsAway(lost).ShouldBeTrue(lost.ToString());
                }
            }

            (await CountAsync(before, after)).ShouldBe(0);
            // Whoever gets the context next begins anew.
            await using (var scope = system.Host.Services.CreateAsyncScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<ComplaintsDb>();
                await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
                await ReceiveAsync(db, after);
                await transaction.CommitAsync(TestContext.Current.CancellationToken);
                await ReceiveAsync(db, before);
            }

            (await CountAsync(before, after)).ShouldBe(2);
        }
    }

    [Fact]
    public async Task Who_gives_a_transaction_up_may_go_on_without_one()
    {
        var (given, kept) = (Guid.NewGuid(), Guid.NewGuid());
        await using var scope = system.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ComplaintsDb>();
        await using (await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken)) await ReceiveAsync(db, given);
        await ReceiveAsync(db, kept);
        (await CountAsync(given)).ShouldBe(0);
        (await CountAsync(kept)).ShouldBe(1);
    }

    private static Task<int> ReceiveAsync(ComplaintsDb db, Guid id) =>
        db.Database.ExecuteSqlAsync($"INSERT INTO complaints.inbox (event_id, type, outcome) VALUES ({id}, 'Mark', 'done')", TestContext.Current.CancellationToken);

    private static Task<int> SaveAsync(ComplaintsDb db, Guid id)
    {
        db.ChangeTracker.Clear();
        var entry = db.Entry((InboxEntry)Activator.CreateInstance(typeof(InboxEntry), nonPublic: true)!);
        (entry.Property(e => e.EventId).CurrentValue, entry.Property(e => e.Type).CurrentValue, entry.Property(e => e.Outcome).CurrentValue) = (id, "Mark", "done");
        entry.State = EntityState.Added;
        return db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private Task<long> CountAsync(params Guid[] ids) => system.ScalarAsync<long>("SELECT count(*) FROM complaints.inbox WHERE event_id = ANY($1)", (object)ids);
}
