using Crm.Organization.Contracts;
using Crm.Organization.Deliveries;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Crm.Organization.Mail;

/// <summary>
/// ORG-11: puts notifications that are due as e-mails among the deliveries. Quiet hours go by the domain's clock, attempts by real time: this is
/// where one meets the other. What was acknowledged before it was due is no e-mail any more; for whoever has no address it is noted that there
/// was none. Each once, with any number of hosts: the rows are locked while that is done.
/// </summary>
internal sealed class DueMails(
    [FromKeyedServices(OrganizationModule.Schema)] NpgsqlDataSource source, MailOptions options, TrustedTime time, IClock clock, ILogger<DueMails> logger)
    : Rounds(TimeSpan.FromMilliseconds(500), "Handing over e-mails that are due", logger)
{
    private const int Batch = 500;

    /// <summary>A host whose clock is ahead would wake people up.</summary>
    protected override bool IsOurs => options.IsSetUp && time.IsTrusted;

    protected override async Task RoundAsync(CancellationToken ct)
    {
        while (IsOurs && await HandOverAsync(ct) == Batch)
        {
        }
    }

    /// <returns>How many were looked at.</returns>
    private async Task<int> HandOverAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            WITH due AS MATERIALIZED (SELECT id FROM organization.notifications WHERE mail_at <= $1 ORDER BY mail_at LIMIT $3 FOR UPDATE SKIP LOCKED),
                 looked AS (UPDATE organization.notifications n SET mail_at = NULL FROM due WHERE n.id = due.id RETURNING n.id, n.staff, n.kind, n.occurred_at, n.acknowledged_at),
                 handed AS (
                     INSERT INTO organization.deliveries (id, lane, message_id, type, occurred_at, attempts, state, last_failure, ended_at)
                     SELECT l.id, $2, l.id, l.kind, l.occurred_at, 0,
                            CASE WHEN s.sealed_email IS NULL THEN 'failed' ELSE 'waiting' END, CASE WHEN s.sealed_email IS NULL THEN 'noAddress' END, CASE WHEN s.sealed_email IS NULL THEN clock_timestamp() END
                     FROM looked l JOIN organization.staff s ON s.code = l.staff
                     WHERE l.acknowledged_at IS NULL AND s.active)
            SELECT count(*) FROM looked
            """);
        foreach (var value in new object[] { clock.GetCurrentInstant().ToDateTimeUtc(), Delivery.Mail, Batch }) command.Parameters.Add(new() { Value = value });
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }
}
