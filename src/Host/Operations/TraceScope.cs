using System.Diagnostics;

namespace Crm.Host.Operations;

/// <summary>What every log line says of its surroundings: the trace, and nothing else. The framework's own scopes would repeat the path that somebody typed.</summary>
internal sealed class TraceScope : IExternalScopeProvider
{
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { } activity) callback(new Trace(activity.TraceId.ToString()), state);
    }

    public IDisposable Push(object? state) => Nothing.Instance;

    private sealed class Trace(string id) : List<KeyValuePair<string, object?>>([new("TraceId", id)])
    {
        public override string ToString() => $"TraceId:{id}";
    }

    private sealed class Nothing : IDisposable
    {
        public static Nothing Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
