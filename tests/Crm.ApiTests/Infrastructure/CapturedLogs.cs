using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Crm.ApiTests.Infrastructure;

/// <summary>Everything that any host of the run has logged: message, state and exception, to be searched for what must not be there.</summary>
public sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? scopes;

    /// <summary>The one store of the run.</summary>
    public static CapturedLogs Instance { get; } = new();

    /// <summary>All lines so far.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Recorder(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel} {category} {formatter(state, exception)} {exception}";
            logs.scopes?.ForEachScope((scope, _) => line += $" [{scope}]", state: 0);
            logs.Lines.Enqueue(line);
        }
    }
}
