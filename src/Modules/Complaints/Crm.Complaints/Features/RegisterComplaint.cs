using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Npgsql;

namespace Crm.Complaints.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Kind">What the customer said, by kind (CMP-01).</param>
/// <param name="Channel">The way it reached us (CMP-02).</param>
/// <param name="Content">What was said, in full; up to 10,000 characters.</param>
/// <param name="Source">Your software's own name and ticket number: posted again, the same ticket gives the same case.</param>
/// <param name="ReceivedAt">When the customer said it; now when absent. At most 5 minutes ahead of the system's clock.</param>
/// <param name="ReceivedBy">The staff code of who received it; the caller when absent and the caller is a person.</param>
/// <param name="Customer">Who said it; absent for somebody who left no name.</param>
/// <param name="Building">Building.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Category">A category code of the project.</param>
/// <param name="Severity">The proposed severity, one of the project's scale; its lightest when absent.</param>
/// <param name="MajorCriterion">By which criterion it is major (CMP-04): required with severity major, and only then.</param>
/// <param name="Demand">What the customer asks for.</param>
/// <param name="WrittenReplyOnly">A superior authority that only wants a written reply (CMP-23); with channel authority only.</param>
internal sealed record RegisterComplaintBody(
    string Project, CaseKind Kind, Channel Channel, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string Content, SourceBody? Source = null, Instant? ReceivedAt = null, string? ReceivedBy = null,
    CustomerBody? Customer = null, [property: Personal(Datum.CustomerHome, Guard.TakenIn)] string? Building = null, [property: Personal(Datum.CustomerHome, Guard.TakenIn)] string? Unit = null, string Category = Complaints.Category.Other, Severity? Severity = null,
    MajorCriterion? MajorCriterion = null, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Demand = null, bool WrittenReplyOnly = false);

/// <param name="System">The posting software, e.g. "hotline-1".</param>
/// <param name="TicketNumber">Its number for the ticket.</param>
internal sealed record SourceBody(string System, [property: Personal(Datum.CustomerReference, Guard.InScope)] string TicketNumber);

/// <param name="Name">The customer's name.</param>
/// <param name="Phone">A phone number as people write it; kept encrypted, in E.164.</param>
internal sealed record CustomerBody([property: Personal(Datum.CustomerName, Guard.TakenIn)] string? Name = null, [property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string? Phone = null);

internal sealed record RegisterComplaint(ProjectScope Scope, RegisterComplaintBody Body) : ICommand<CaseAnswer>;

internal sealed class RegisterComplaintValidator : AbstractValidator<RegisterComplaintBody>
{
    public RegisterComplaintValidator()
    {
        RuleFor(b => b.Content).NotEmpty().MaximumLength(10_000);
        RuleFor(b => b.Source!.System).NotEmpty().MaximumLength(50).When(b => b.Source is not null);
        RuleFor(b => b.Source!.TicketNumber).NotEmpty().MaximumLength(100).When(b => b.Source is not null);
        RuleFor(b => b.ReceivedBy).NotEmpty().MaximumLength(100).When(b => b.ReceivedBy is not null);
        RuleFor(b => b.Customer!.Name).NotEmpty().MaximumLength(100).When(b => b.Customer?.Name is not null);
        RuleFor(b => b.Customer!.Phone).Must(p => Phone.TryParse(p!, out _)).WithMessage(_ => Phone.Expected.Localized).When(b => b.Customer?.Phone is not null);
        RuleFor(b => b.Building).NotEmpty().MaximumLength(100).When(b => b.Building is not null);
        RuleFor(b => b.Unit).NotEmpty().MaximumLength(100).When(b => b.Unit is not null);
        RuleFor(b => b.Category).NotEmpty().MaximumLength(50);
        RuleFor(b => b.Demand).NotEmpty().MaximumLength(2_000).When(b => b.Demand is not null);
        RuleFor(b => b.MajorCriterion).NotNull().When(b => b.Severity == Severity.Major)
            .WithMessage(_ => new Text("CMP-04: a major complaint needs its criterion", "CMP-04：重大投诉须注明判定标准").Localized);
        RuleFor(b => b.MajorCriterion).Null().When(b => b.Severity != Severity.Major)
            .WithMessage(_ => new Text("CMP-04: only with severity major", "CMP-04：仅用于重大投诉").Localized);
        RuleFor(b => b.WrittenReplyOnly).Equal(false).When(b => b.Channel != Channel.Authority)
            .WithMessage(_ => new Text("CMP-23: only with channel authority", "CMP-23：仅用于上级主管部门来件").Localized);
    }
}

/// <summary>CMP-02, CMP-03: one ticket, one case, however often and from how many clients at once it is posted.</summary>
internal sealed class RegisterComplaintHandler(
    ComplaintsDb db, ComplaintDesk desk, CommandContext context, OrganizationDirectory directory, KeyRing keys, CaseNumbers numbers)
    : IRequestHandler<RegisterComplaint, Answer<CaseAnswer>>
{
    private static readonly Duration ClockSkew = Duration.FromMinutes(5);

    public async Task<Answer<CaseAnswer>> Handle(RegisterComplaint request, CancellationToken cancellationToken)
    {
        var body = request.Body;
        var project = directory.Current.ProjectIn(request.Scope, body.Project);
        if (body.Source is { } source && await FindPostedAsync(body.Project, source, cancellationToken) is { } known)
            return await AnswerAgainAsync(known, request, cancellationToken);

        if (body.ReceivedBy is { } receiver && directory.Current.FindStaff(receiver) is not { Active: true }) throw new NotFound("member of staff", "员工", field: "receivedBy");
        var moment = desk.MomentIn(body.Project, context.Caller.Subject);
        if (body.ReceivedAt > moment.Now + ClockSkew)
            throw Malformed.Field("receivedAt", new Text($"must be at most 5 minutes ahead of the system's clock ({moment.Now})", $"不得晚于系统时间（{moment.Now}）5 分钟以上"));
        var severity = body.Severity ?? moment.Policies.Scale[0];
        Complaint.EnsureOnScale(severity, moment.Policies);

        var number = await numbers.NextAsync(db, moment.Now.InZone(project.Zone).Date, cancellationToken);
        var complaint = Complaint.Register(Record(body, number, severity, moment), moment);
        db.Complaints.Add(complaint);
        db.Complainants.Add(Complainant(body, complaint.Id));
        return CaseAnswer.Of(complaint, moment, status: 201);
    }

    private async Task<Guid?> FindPostedAsync(string project, SourceBody source, CancellationToken ct) =>
        (Guid?)await db.TakeNameAndFindAsync(
            name: $"ticket {project} {source.System} {source.TicketNumber}",
            new NpgsqlBatchCommand("SELECT complaint_id FROM complaints.complaint_records WHERE project = $1 AND source_system = $2 AND source_ticket = $3")
            {
                Parameters = { new() { Value = project }, new() { Value = source.System }, new() { Value = source.TicketNumber } },
            },
            ct);

    private async Task<Answer<CaseAnswer>> AnswerAgainAsync(Guid id, RegisterComplaint request, CancellationToken ct)
    {
        var (complaint, moment) = await desk.TakeAsync(id, request.Scope, ct);
        await db.Entry(complaint).Collection(c => c.Supplements).LoadAsync(ct);
        var key = keys.OpenRecord((await db.RecordKeysAsync([id], ct)).SingleOrDefault()?.SealedKey, db.Schema, id);
        complaint.Supplement(request.Body.Content, key.Open, moment);
        return CaseAnswer.Of(complaint, moment);
    }

    private Complainant Complainant(RegisterComplaintBody body, Guid id)
    {
        Phone? phone = body.Customer?.Phone is { } text && Phone.TryParse(text, out var parsed) ? parsed : null;
        return new Complainant
        {
            ComplaintId = id, Building = body.Building, Unit = body.Unit,
            PhoneSealed = phone is { } p ? keys.Seal(p.E164, Complaints.Complainant.PhonePlace(id)) : null,
            PhoneIndex = phone is { } q ? keys.Index(q.E164) : null,
        };
    }

    private ComplaintRecord Record(RegisterComplaintBody body, string number, Severity severity, Moment moment)
    {
        return new ComplaintRecord
        {
            ComplaintId = Ids.Next(), Number = number, Project = body.Project, Kind = body.Kind, Channel = body.Channel, Category = body.Category,
            ProposedSeverity = severity, MajorCriterion = body.MajorCriterion, Content = body.Content, Demand = body.Demand,
            CustomerName = body.Customer?.Name?.Trim(), LeftPhone = body.Customer?.Phone is not null,
            ReceivedAt = body.ReceivedAt ?? moment.Now, ReceivedBy = body.ReceivedBy ?? context.Caller.Staff,
            RegisteredAt = moment.Now, RegisteredBy = moment.By,
            SourceSystem = body.Source?.System, SourceTicket = body.Source?.TicketNumber, WrittenReplyOnly = body.WrittenReplyOnly,
        };
    }
}

/// <summary>Numbers of cases: TS (投诉), date, counter.</summary>
internal sealed class CaseNumbers
{
    private readonly NumberBlock block = new("TS", ComplaintsDb.Numbers);

    public Task<string> NextAsync(ComplaintsDb db, LocalDate today, CancellationToken ct) => block.NextAsync(db, today, ct);
}

internal static class RegisterComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints", (Body<RegisterComplaintBody> body, Call call) => call.Send(new RegisterComplaint(call.Scope, body.Value)))
        .Tells<CaseAnswer>(
            "registerComplaint", "Register a case",
            "Registers what a customer said and starts its clocks. The same source and ticket number posted again answers 200 with the same case; other words are kept as a supplement.",
            status: 201, rules: "CMP-01, CMP-02, CMP-03, CMP-04, CMP-09, CMP-13, CMP-14, CMP-16")
        .Produces<CaseAnswer>(200, "application/json")
        .WithMetadata(new CreatesSomething())
        .Example(new
        {
            project = "demo", kind = "complaint", channel = "hotline", content = "三号楼电梯一周内第二次停运。", category = "lifts",
            customer = new { name = "李女士", phone = "13800138000" }, building = "3", unit = "1802", demand = "尽快修复并告知原因",
        })
        .Requires(ComplaintPermissions.Register);
}
