using System.Diagnostics.CodeAnalysis;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using MediatR;
using NodaTime;

namespace Crm.Shared.Commands;

/// <summary>A request that changes something. Carried out in one transaction with its audit row, its events and its idempotency row.</summary>
public interface ICommand<TAnswer> : IRequest<Answer<TAnswer>>;

/// <summary>A command whose caller says why. The reason goes into the audit, sealed under a key of its subject (ORG-10).</summary>
public interface IGivesReason
{
    /// <summary>Why, as somebody has typed it: it may hold personal data.</summary>
    string Reason { get; }
}

/// <summary>What a command did, to whom, and how it is answered.</summary>
/// <typeparam name="T">The body on the wire. It is stored with the idempotency key, so it never holds personal data.</typeparam>
/// <param name="Status">200, 201 or 204.</param>
/// <param name="Body">The body.</param>
/// <param name="Done">What the audit row says.</param>
/// <param name="Version">The resource's version after the command, shown as ETag.</param>
/// <param name="Location">Where a created resource is found.</param>
public sealed record Answer<T>(int Status, T Body, Deed Done, int? Version = null, string? Location = null)
{
    /// <summary>The body as it was first answered, when this is the answer to a retry.</summary>
    public string? Stored { get; init; }
}

/// <summary>What was done to which record, for the audit (ORG-10): ids and instants, never texts that people typed.</summary>
/// <param name="SubjectKind">The kind of record.</param>
/// <param name="SubjectId">Its id or code.</param>
/// <param name="Project">The project it belongs to, or null for the whole company.</param>
/// <param name="At">The domain instant it was done.</param>
public sealed record Deed(string SubjectKind, string SubjectId, string? Project, Instant At);

/// <summary>An Idempotency-Key as sent, and what it was sent for.</summary>
/// <param name="Scope">Subject, method and path: the same key elsewhere is another key.</param>
/// <param name="Key">The header's value.</param>
/// <param name="RequestHash">A keyed hash of the body.</param>
[SuppressMessage("Performance", "CA1819", Justification = "A hash is a value.")]
[NotPersonal("a keyed hash", "RequestHash")]
public sealed record IdempotencyKey(string Scope, string Key, byte[] RequestHash);

/// <summary>What a command may know of the call that brought it. Filled by <see cref="Http.Call"/>.</summary>
public sealed class CommandContext
{
    /// <summary>Who gave the command.</summary>
    public Caller Caller { get; set; } = new("", Staff: null, new Dictionary<string, ProjectScope>());

    /// <summary>The trace the command belongs to.</summary>
    public string? TraceId { get; set; }

    /// <summary>Where the call came from.</summary>
    public string? RemoteAddress { get; set; }

    /// <summary>The retry key, if one was sent.</summary>
    public IdempotencyKey? Idempotency { get; set; }

    /// <summary>The version the caller believes to be current, if they said so.</summary>
    public int? IfMatch { get; set; }

    /// <summary>Compares the caller's picture with the present one, after the row lock.</summary>
    /// <exception cref="StaleVersion">They differ.</exception>
    public void EnsureCurrent(int version)
    {
        if (IfMatch is { } expected && expected != version) throw new StaleVersion(version);
    }
}
