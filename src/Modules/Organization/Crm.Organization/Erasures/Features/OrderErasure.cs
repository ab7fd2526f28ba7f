using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Erasures.Features;

/// <param name="Phone">The whole number of the person, as people write it.</param>
/// <param name="Reason">Why, e.g. the number of the person's letter. It stays in the audit: leave the person's name out.</param>
internal sealed record OrderErasureBody(
    [property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record OrderErasure(OrderErasureBody Body) : ICommand<ErasureAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

/// <param name="Id">The erasure: ask for it to see how far it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Records">How many records were found.</param>
/// <param name="Kept">How many of them must be kept for now; they go by themselves when their time has come.</param>
/// <param name="Version">Grows as it goes on; also the ETag.</param>
internal sealed record ErasureAnswer(Guid Id, ErasureState State, int Records, int Kept, int Version) : IVersioned;

internal sealed class OrderErasureValidator : AbstractValidator<OrderErasureBody>
{
    public OrderErasureValidator()
    {
        RuleFor(b => b.Phone).Must(p => Phone.TryParse(p, out _)).WithMessage(_ => Phone.Expected.Localized);
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

/// <summary>ORG-12: a person is to be forgotten. What belongs to them is listed now; what they say later begins anew. Asked for again while something waits, it takes in what has come since.</summary>
internal sealed class OrderErasureHandler(OrganizationDb db, Forgetting forgetting, KeyRing keys, CommandContext context, IClock clock) : IRequestHandler<OrderErasure, Answer<ErasureAnswer>>
{
    public async Task<Answer<ErasureAnswer>> Handle(OrderErasure request, CancellationToken cancellationToken)
    {
        Phone.TryParse(request.Body.Phone, out var phone);
        // One host at a time: the oldest index is the same on all of them.
        await db.TakeNameAsync($"erasure {Convert.ToHexStringLower(keys.Indexes(phone.E164)[0])}", cancellationToken);
        var erasure = await db.FindAsync(keys, phone.E164, indexes => FindOpenAsync(indexes, cancellationToken), cancellationToken);
        var isNew = erasure is null;
        if (erasure is null) db.Erasures.Add(erasure = new Erasure(keys.Index(phone.E164), context.Caller.Subject, clock.GetCurrentInstant()));
        erasure.Take(await forgetting.FindAsync(phone, cancellationToken));
        if (erasure.Items.All(i => i.ErasedAt is not null)) erasure.Complete(clock.GetCurrentInstant());
        return new(
            isNew ? 201 : 200, new(erasure.Id, Erasure.StateOf(erasure.CompletedAt, erasure.Items.Any(i => i.IsAtWork)), erasure.Items.Count, erasure.Items.Count(i => i.KeptWhy is not null), erasure.Version),
            new Deed("erasure", erasure.Id.ToString(), Project: null, clock.GetCurrentInstant()), erasure.Version, $"/api/v1/personal-data/erasures/{erasure.Id}");
    }

    private async Task<Erasure?> FindOpenAsync(byte[][] indexes, CancellationToken ct)
    {
        if (await db.Erasures.Where(e => indexes.Contains(e.PhoneIndex)).Select(e => (Guid?)e.Id).SingleOrDefaultAsync(ct) is not { } id) return null;
        await db.LockAsync<Erasure>(id, ct);
        // Over by now, perhaps: then this is a new one.
        return await db.Erasures.Include(e => e.Items).SingleOrDefaultAsync(e => e.Id == id && e.PhoneIndex != null, ct);
    }
}

internal static class OrderErasureEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/personal-data/erasures", (Body<OrderErasureBody> body, Call call) => call.Send(new OrderErasure(body.Value)))
        .Tells<ErasureAnswer>(
            "orderErasure", "Forget somebody at their request",
            "Erases what all modules hold of the person with this phone: name, phone, home, and every word that was typed about their matters. Counts, instants and judgements stay. Within seconds for what can be erased; what must be kept (an open case, a filed one in its retention) goes by itself when its time has come. Sent again while something waits, it answers 200 and takes in what has come since.",
            status: 201, rules: "CMP-24, ORG-12")
        .Produces<ErasureAnswer>(200, "application/json")
        .WithMetadata(new CreatesSomething())
        .Example(new { phone = "138 0013 8000", reason = "客户来函 2026-118" })
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
