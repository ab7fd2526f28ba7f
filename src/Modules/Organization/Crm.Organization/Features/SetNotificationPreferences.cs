using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Language">Which language e-mails to you are in.</param>
/// <param name="Kinds">The kinds of notice for which you choose; the others are told in the way they propose.</param>
/// <param name="TimeZone">The IANA zone your quiet hours go by. Absent: that of each notice's project.</param>
/// <param name="QuietHours">When you are not to be disturbed, except by what policy calls urgent. Absent: never.</param>
internal sealed record SetNotificationPreferencesBody(Language Language, KindChannelsBody[] Kinds, string? TimeZone = null, QuietHoursBody? QuietHours = null);

/// <param name="Kind">The kind of notice.</param>
/// <param name="Channels">How you want to hear of it, beside the inbox; none for the inbox only.</param>
internal sealed record KindChannelsBody(string Kind, NoticeChannel[] Channels);

internal sealed record SetNotificationPreferences(string Staff, SetNotificationPreferencesBody Body) : ICommand<PreferencesView>;

internal sealed class SetNotificationPreferencesValidator : AbstractValidator<SetNotificationPreferencesBody>
{
    public SetNotificationPreferencesValidator(IEnumerable<NoticeKind> kinds)
    {
        var known = kinds.Select(k => k.Name).ToHashSet();
        RuleFor(b => b.Kinds).Must(chosen => chosen.All(k => k is not null && known.Contains(k.Kind) && k.Channels.Distinct().Count() == k.Channels.Length) && chosen.DistinctBy(k => k.Kind).Count() == chosen.Length)
            .WithMessage(_ => new Text("must name each kind and each channel once; kinds are " + string.Join(", ", known.Order()), "每个种类和渠道只能出现一次，种类包括：" + string.Join("、", known.Order())).Localized);
        RuleFor(b => b.TimeZone).Must(zone => zone is null || DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null)
            .WithMessage(_ => new Text("must be an IANA time zone such as Asia/Shanghai", "应为 IANA 时区，如 Asia/Shanghai").Localized);
        RuleFor(b => b.QuietHours).Must(quiet => quiet is null || QuietHours.Parse(quiet.From, quiet.To) is not null)
            .WithMessage(_ => new Text("must be two different times of the day such as 22:00 and 07:30", "应为两个不同的时刻，如 22:00 和 07:30").Localized);
    }
}

/// <summary>ORG-11: somebody chooses how to be told. What is in the inbox already stays as it came.</summary>
internal sealed class SetNotificationPreferencesHandler(OrganizationDb db, CommandContext context, ChosenWays ways, IEnumerable<NoticeKind> kinds, IClock clock)
    : IRequestHandler<SetNotificationPreferences, Answer<PreferencesView>>
{
    public async Task<Answer<PreferencesView>> Handle(SetNotificationPreferences request, CancellationToken cancellationToken)
    {
        var (staff, body) = request;
        await db.TakeNameAsync($"notification preferences {staff}", cancellationToken);
        var chosen = await db.Set<NotificationPreferences>().SingleOrDefaultAsync(p => p.Staff == staff, cancellationToken);
        if (chosen is null) db.Add(chosen = new NotificationPreferences { Staff = staff });
        context.EnsureCurrent(chosen.Version);
        chosen.Choose(
            body.Language, body.TimeZone, body.QuietHours is { } quiet ? QuietHours.Parse(quiet.From, quiet.To) : null, body.Kinds.ToDictionary(k => k.Kind, k => k.Channels));
        return new(200, PreferencesView.Of(chosen, await ways.ByEmailAsync(staff, cancellationToken), kinds), new Deed("notificationPreferences", staff, Project: null, clock.GetCurrentInstant()), chosen.Version);
    }
}

internal static class SetNotificationPreferencesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/notifications/preferences", (Body<SetNotificationPreferencesBody> body, Call call) =>
            call.Send(new SetNotificationPreferences(Inbox.OwnerOf(call.Caller), body.Value)))
        .Tells<PreferencesView>("setNotificationPreferences", "Choose how you are told", "Channels for each kind of notice, quiet hours, and the language of e-mails. Needs If-Match.", rules: "ORG-11")
        .WithMetadata(new EditsSomething())
        .Example(new { language = "zh", timeZone = "Asia/Shanghai", quietHours = new { from = "22:00", to = "07:30" }, kinds = new[] { new { kind = "complaints.clock-warned", channels = new[] { "screen" } } } })
        .Requires(OrganizationPermissions.ReceiveNotices);
}
