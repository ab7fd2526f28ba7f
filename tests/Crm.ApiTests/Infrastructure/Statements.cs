using System.Collections.Concurrent;
using System.Diagnostics;

namespace Crm.ApiTests.Infrastructure;

/// <summary>The SQL that the hosts of this process send to the database, by the trace it belongs to.</summary>
public sealed class Statements : IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> byTrace = new();
    private readonly ActivityListener listener;

    public Statements()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if ((activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string sql)
                    byTrace.GetOrAdd(activity.TraceId.ToString(), _ => new()).Enqueue(sql);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>The statements of one call, in their order; nothing for a call that sent none.</summary>
    public IReadOnlyList<string> Of(string traceId) => byTrace.TryGetValue(traceId, out var statements) ? [.. statements] : [];

    public void Dispose() => listener.Dispose();
}
