using System.Buffers;
using System.Text.Json;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Host.Audit;

/// <param name="From">Only what was done at or after this instant.</param>
/// <param name="To">Only what was done before this instant.</param>
/// <param name="Actor">Only what this one did: a staff code, <c>key:</c> and the prefix of an API key, or <c>console</c>.</param>
/// <param name="Action">Only this command.</param>
/// <param name="SubjectKind">Only on records of this kind; with subjectId.</param>
/// <param name="SubjectId">Only on the record of this id or code.</param>
/// <param name="Project">Only in this project.</param>
internal sealed record ExportAuditQuery(
    Instant? From = null, Instant? To = null, string? Actor = null, string? Action = null, string? SubjectKind = null, string? SubjectId = null, string? Project = null)
{
    public AuditFilter Filter => new ListAuditQuery(From, To, Actor, Action, SubjectKind, SubjectId, Project).Filter;
}

internal static class ExportAuditEndpoint
{
    private const string Lines = "application/x-ndjson";
    private const int Piece = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/audit/export", async (Query<ExportAuditQuery> query, Call call, WholeAudit audit, HttpResponse response, CancellationToken ct) =>
        {
            var (filter, scope) = (query.Value.Filter, audit.Narrow(call.Scope, query.Value.Project));
            var piece = await audit.ReadAsync(filter, scope, after: null, Piece, ct);
            response.ContentType = Lines;
            response.Headers.ContentDisposition = "attachment; filename=\"audit.ndjson\"";
            for (; piece.Count > 0; piece = piece.Count < Piece ? [] : await audit.ReadAsync(filter, scope, new TimeKey(piece[^1].At, piece[^1].Id), Piece, ct))
            {
                foreach (var entry in piece)
                {
                    response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(entry, CrmJson.Options));
                    response.BodyWriter.Write("\n"u8);
                }

                // What has been written goes out before more is read: the export is never in memory as a whole.
                await response.BodyWriter.FlushAsync(ct);
            }
        })
        .Tells<AuditItem>(
            "exportAudit", "Export the audit",
            "The same entries as the list, all of them, newest first: one JSON object a line (NDJSON), sent while it is read. An answer that breaks off was cut short by a failure.",
            rules: "ORG-10", contentType: Lines)
        .Requires(AuditEndpoints.Read);
}
