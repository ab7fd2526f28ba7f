using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Shift">The code of the shift it comes from.</param>
/// <param name="Date">The day that shift began on.</param>
/// <param name="Urgent">What is urgent; empty when nothing is. Kept sealed.</param>
/// <param name="Customers">Whom the next shift is to contact. Kept sealed.</param>
internal sealed record WriteHandoverBody(string Project, string Shift, LocalDate Date, [property: Personal(Datum.ShiftWords, Guard.TakenIn)] string Urgent, IReadOnlyList<CustomerToContact> Customers);

internal sealed record WriteHandover(Caller Caller, ProjectScope Scope, WriteHandoverBody Body) : ICommand<HandoverAnswer>;

/// <param name="Id">By which it is confirmed.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record HandoverAnswer(Guid Id, int Version) : IVersioned
{
    public static Answer<HandoverAnswer> Of(int status, ShiftHandover note, Instant at) => new(
        status, new HandoverAnswer(note.Id, note.Version), new Deed("shiftHandover", note.Id.ToString(), note.Project, at), note.Version, status == 201 ? $"/api/v1/shift-handovers/{note.Id}" : null);
}

internal sealed class WriteHandoverValidator : AbstractValidator<WriteHandoverBody>
{
    private const int Most = 100;

    public WriteHandoverValidator()
    {
        RuleFor(b => b.Project).IsCode();
        RuleFor(b => b.Shift).IsCode();
        RuleFor(b => b.Urgent).MaximumLength(4000);
        RuleFor(b => b.Customers).Must((b, customers) => customers.Count <= Most && customers.All(c => c is { Kind.Length: >= 1 and <= 50, Text.Length: >= 1 and <= 2000 }) && (customers.Count > 0 || b.Urgent.Trim().Length > 0))
            .WithMessage(_ => new Text($"must be at most {Most}, each with a kind of record and what is to be done; and a note says something: urgent, or at least one customer", $"最多 {Most} 项，每项须有记录类型与待办内容；urgent 与 customers 至少填一项").Localized);
    }
}

/// <summary>ORG-05: somebody on duty in a shift, or a supervisor, tells the next shift what is urgent and whom to contact.</summary>
internal sealed class WriteHandoverHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys, IClock clock) : IRequestHandler<WriteHandover, Answer<HandoverAnswer>>
{
    public async Task<Answer<HandoverAnswer>> Handle(WriteHandover request, CancellationToken cancellationToken)
    {
        var (caller, scope, b) = request;
        var (project, staff, now) = (directory.Current.ProjectIn(scope, b.Project), caller.Self(), clock.GetCurrentInstant());
        var slot = await db.SlotOfAsync(project.Code, b.Shift, b.Date, cancellationToken) ?? throw new NotFound("shift on that day in a published roster", "已发布排班中的当天班次", field: "shift");
        if (slot.StartsAt > now) throw HandoverRule.Broken("That shift has not begun.", "该班次尚未开始。");
        if (!await db.HasAsync(slot.Id, staff, cancellationToken) && !caller.Scope(DutyPermissions.Decide.Name).Includes(project.Code))
            throw HandoverRule.Broken("Only somebody who has that shift, or a supervisor, writes its notes.", "只有该班次的值班人员或主管可以填写交接记录。");
        var following = await db.FollowingAsync(slot, cancellationToken);
        var note = new ShiftHandover { Project = project.Code, Slot = slot.Id, Shift = slot.Shift, Date = slot.Date, WrittenBy = staff, WrittenAt = now };
        note.Write(new(b.Urgent, b.Customers), keys, HandoverRule.AlertAt(slot.Hours, following?.Hours, now, directory.Current.Read(DutyPolicies.HandoverPatience, project, now).Value));
        db.Add(note);
        return HandoverAnswer.Of(201, note, now);
    }
}

internal static class WriteHandoverEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/shift-handovers", (Body<WriteHandoverBody> body, Call call) => call.Send(new WriteHandover(call.Caller, call.Scope, body.Value)))
        .Tells<HandoverAnswer>(
            "writeHandover", "Leave a note for the next shift",
            "What is urgent, and which customers to contact, each with the record it is about. By somebody who has the shift, or a supervisor. The shift that takes over is the first, of those that last longer, to begin after the middle of this one; when it has not confirmed the note some time after it began, the supervisors are told.",
            status: 201, rules: HandoverRule.Rule)
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", shift = "day", date = "2026-12-01", urgent = "3号楼电梯停运，维保 18:00 到场", customers = new[] { new { kind = "complaint", id = "01a2019d-863d-7dfc-961d-e804b66d7933", text = "19:00 前回电告知进度" } } })
        .Requires(DutyPermissions.Serve);
}
