using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Webhooks;

/// <summary>Why a webhook is no longer served.</summary>
internal enum DisabledBecause
{
    /// <summary>The receiver answered 410: it wants no more.</summary>
    Gone,

    /// <summary>It has failed for too long, or up to the last attempt.</summary>
    Failing,

    /// <summary>Its owner may no longer read what it is told of.</summary>
    Rights,
}

/// <summary>ORG-11: another system that is told of events. Its secret is kept sealed: whoever reads the database cannot sign in our name.</summary>
[NotPersonal("the name of another system; the staff code of who answers for it; random secrets", "Name", "Owner", "SealedSecret", "SealedPreviousSecret")]
internal sealed class Webhook : Aggregate
{
    private Webhook() => (Name, Url, EventTypes, Owner, SealedSecret) = ("", "", [], "", []);

    private Webhook(string name, string url, string? project, string[] eventTypes, string owner, Instant createdAt) =>
        (Name, Url, Project, EventTypes, Owner, CreatedAt, SealedSecret) = (name, url, project, eventTypes, owner, createdAt, []);

    public string Name { get; private set; }

    public string Url { get; private set; }

    /// <summary>Null: events of every project.</summary>
    public string? Project { get; private set; }

    public string[] EventTypes { get; private set; }

    /// <summary>The staff code of who answers for it: it is told of nothing that they may not read, and they hear when it is disabled.</summary>
    public string Owner { get; private set; }

    public Instant CreatedAt { get; private set; }

    public byte[] SealedSecret { get; private set; }

    /// <summary>The secret before; null when there is none.</summary>
    public byte[]? SealedPreviousSecret { get; private set; }

    /// <summary>Until then, in real time, the secret before signs as well.</summary>
    public Instant? PreviousSecretUntil { get; private set; }

    /// <summary>Real time: since then every attempt has failed; null while the last one succeeded.</summary>
    public Instant? FailingSince { get; private set; }

    public Instant? DisabledAt { get; private set; }

    public DisabledBecause? DisabledBecause { get; private set; }

    public Instant? DeletedAt { get; private set; }

    /// <summary>Makes a webhook. The secret is returned once and cannot be had again.</summary>
    public static (Webhook Webhook, string Secret) Create(string name, string url, string? project, string[] eventTypes, string owner, KeyRing keys, Instant now)
    {
        var (webhook, secret) = (new Webhook(name, url, project, eventTypes, owner, now), StandardWebhook.NewSecret());
        webhook.SealedSecret = keys.Seal(secret, webhook.Place);
        return (webhook, secret);
    }

    /// <summary>Changes where it goes and what it is told.</summary>
    public void Edit(string name, string url, string[] eventTypes, string owner)
    {
        (Name, Url, EventTypes, Owner) = (name, url, eventTypes, owner);
        Touch();
    }

    /// <summary>Gives it a new secret; the present one goes on signing beside it for a while.</summary>
    public string RotateSecret(Instant previousUntil, KeyRing keys)
    {
        var secret = StandardWebhook.NewSecret();
        (SealedPreviousSecret, PreviousSecretUntil, SealedSecret) = (SealedSecret, previousUntil, keys.Seal(secret, Place));
        Touch();
        return secret;
    }

    /// <summary>The secrets that sign at this instant of real time, the present one first.</summary>
    public IEnumerable<string> SecretsAt(Instant realNow, KeyRing keys)
    {
        yield return keys.Unseal(SealedSecret, Place);
        if (SealedPreviousSecret is { } previous && realNow < PreviousSecretUntil) yield return keys.Unseal(previous, Place);
    }

    /// <summary>Sends it nothing more, and tells its owner.</summary>
    /// <returns>False when nothing was sent to it any more.</returns>
    public bool Disable(DisabledBecause why, Instant now)
    {
        if (DisabledAt is not null || DeletedAt is not null) return false;
        (DisabledAt, DisabledBecause) = (now, why);
        Touch();
        Raise(new WebhookDisabled(Id, Name, Owner, Project, why.ToWire()) { OccurredAt = now });
        return true;
    }

    /// <exception cref="BrokenRule">It is disabled: nothing can be sent to it.</exception>
    public void EnsureServed()
    {
        if (DisabledAt is not null) throw new BrokenRule("ORG-11", new Text("The webhook is disabled: enable it first.", "该 Webhook 已停用，请先启用。"), "enabling");
    }

    /// <summary>ORG-03: somebody takes over from an owner who leaves.</summary>
    public void PassTo(string owner)
    {
        Owner = owner;
        Touch();
    }

    /// <summary>Serves it again.</summary>
    public void Enable()
    {
        if (DisabledAt is null) return;
        (DisabledAt, DisabledBecause, FailingSince) = (null, null, null);
        Touch();
    }

    /// <summary>Ends it for good, and forgets its secrets.</summary>
    public void Delete(Instant now)
    {
        (DeletedAt, SealedSecret, SealedPreviousSecret, PreviousSecretUntil) = (now, [], null, null);
        Touch();
    }

    private string Place => $"webhooks:{Id}";
}
