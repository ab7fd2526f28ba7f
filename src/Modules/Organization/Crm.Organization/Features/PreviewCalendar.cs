using System.Text.Json;
using Crm.Organization.Access;
using Crm.Organization.Calendar;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Years">Years whose notices are out, or were shipped or imported wrongly: each as a whole.</param>
/// <param name="DaysOff">The company's own days off; one without an occasion is worked again as the national calendar says.</param>
internal sealed record PreviewCalendarBody(IReadOnlyList<YearNotice> Years, IReadOnlyList<DayOff> DaysOff);

internal sealed record PreviewCalendar(Caller Caller, PreviewCalendarBody Body) : ICommand<PreviewAnswer>;

internal sealed class PreviewCalendarValidator : AbstractValidator<PreviewCalendarBody>
{
    public PreviewCalendarValidator()
    {
        RuleFor(b => b.Years).Must(HasNoNull).WithMessage(NoNull).Must(years => years.All(y => HasNoNull(y.Holidays))).WithMessage(NoNull);
        RuleFor(b => b.DaysOff).Must(HasNoNull).WithMessage(NoNull);
        When(b => HasNoNull(b.Years) && b.Years.All(y => HasNoNull(y.Holidays)) && HasNoNull(b.DaysOff), () =>
        {
            RuleFor(b => b.Years).Must((b, years) => years.Count + b.DaysOff.Count is >= 1 and <= 366)
                .WithMessage(_ => new Text("give 1 to 366 years and days off together", "年份与休息日合计应为 1 到 366 项").Localized)
                .Must(years => years.Select(y => y.Year).Distinct().Count() == years.Count)
                .WithMessage(_ => new Text("must name each year once", "每个年份只能出现一次").Localized);
            RuleForEach(b => b.Years).ChildRules(CheckYear);
            RuleFor(b => b.DaysOff).Must(days => days.Select(d => d.Date).Distinct().Count() == days.Count)
                .WithMessage(_ => new Text("must name each day once", "每一天只能出现一次").Localized);
            RuleForEach(b => b.DaysOff).ChildRules(day => day.RuleFor(d => d.Occasion).MaximumLength(100).Must(o => o is null || o.Trim().Length > 0)
                .WithMessage(_ => new Text("must say why, or be null", "应说明原因，或为 null").Localized));
        });
    }

    private static void CheckYear(InlineValidator<YearNotice> year)
    {
        year.RuleFor(y => y.Year).InclusiveBetween(2000, 2100);
        year.RuleFor(y => y.Notice).NotEmpty().MaximumLength(100);
        year.RuleFor(y => y.Holidays).NotEmpty().Must(h => h.Count <= 30).WithMessage(_ => new Text("must list 1 to 30 holidays", "应列出 1 到 30 个节日").Localized);
        year.RuleForEach(y => y.Holidays).ChildRules(holiday =>
        {
            holiday.RuleFor(h => h.Occasion).NotEmpty().MaximumLength(50);
            holiday.RuleFor(h => h.To).Must((h, to) => to >= h.From && Period.DaysBetween(h.From, to) <= 60)
                .WithMessage(_ => new Text("must not be before from, nor more than 60 days after it", "不得早于 from，且不得晚于其后 60 天").Localized);
            holiday.RuleFor(h => h.MakeUp).Must(days => days.Count <= 30).WithMessage(_ => new Text("must list at most 30 days", "最多列出 30 天").Localized);
        });
    }

    private static bool HasNoNull<T>(IEnumerable<T> items) where T : class => items.All(item => item is not null);

    private static string NoNull(PreviewCalendarBody body) => new Text("must not hold null", "不得含有 null").Localized;
}

/// <summary>ORG-07: which running deadlines an imported year, a correction or a day off would move. Nothing is changed yet.</summary>
internal sealed class PreviewCalendarHandler(OrganizationDb db, DirectoryRefresh refresh, OrganizationDirectory directory, IEnumerable<Deadlines> deadlines, IClock clock)
    : IRequestHandler<PreviewCalendar, Answer<PreviewAnswer>>
{
    public async Task<Answer<PreviewAnswer>> Handle(PreviewCalendar request, CancellationToken cancellationToken)
    {
        await refresh.RefreshAsync(cancellationToken);
        var (now, snapshot) = (clock.GetCurrentInstant(), directory.Current);
        var correction = new CalendarCorrection(request.Body.Years, request.Body.DaysOff);
        var after = snapshot.With(CompanyCalendar.After([.. await db.CorrectionsAsync(cancellationToken), correction]), snapshot.CalendarVersion + 1);
        var preview = new ChangePreview(
            ChangeKind.Calendar, project: null, JsonSerializer.Serialize(correction, CrmJson.Options), new ChangeBasis(PolicyVersion: 0, snapshot.CalendarVersion), request.Caller.Subject, now);
        return await db.KeepAsync(preview, new DeadlineChange(preview.Id, after, Policy: null, Project: null, now), deadlines, cancellationToken);
    }
}

internal static class PreviewCalendarEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/calendar/preview", (Body<PreviewCalendarBody> body, Call call) => call.Send(new PreviewCalendar(call.Caller, body.Value)))
        .Tells<PreviewAnswer>(
            "previewCalendar", "Preview a change of the working calendar",
            "Which running deadlines an imported year, a correction, or a day off of the company's own would move; nothing is changed. Within an hour the preview can be applied: then exactly those are moved. For those who may do so in every project.",
            status: 201, rules: "ORG-07, ORG-08")
        .WithMetadata(new CreatesSomething())
        .Example(new
        {
            years = new[]
            {
                new { year = 2027, notice = "国办发明电〔2026〕1号", holidays = new[] { new { occasion = "元旦", from = "2027-01-01", to = "2027-01-03", makeUp = Array.Empty<string>() } } },
            },
            daysOff = new[] { new { date = "2026-12-31", occasion = "年终盘点" } },
        })
        .RequiresEverywhere(OrganizationPermissions.SetCalendar);
}
