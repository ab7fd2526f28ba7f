using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project it is about.</param>
/// <param name="Problem">What was wrong. Kept sealed, like the other texts.</param>
/// <param name="Cause">Why.</param>
/// <param name="Solution">What was done, or could be.</param>
/// <param name="HelpNeeded">The help you need; absent for none.</param>
internal sealed record LogProblemBody(
    string Project, [property: Personal(Datum.ShiftWords, Guard.TakenIn)] string Problem, [property: Personal(Datum.ShiftWords, Guard.TakenIn)] string Cause, [property: Personal(Datum.ShiftWords, Guard.TakenIn)] string Solution, [property: Personal(Datum.ShiftWords, Guard.TakenIn)] string? HelpNeeded = null);

internal sealed record LogProblem(Caller Caller, ProjectScope Scope, LogProblemBody Body) : ICommand<LoggedProblem>;

/// <param name="Id">The entry.</param>
/// <param name="At">When it was written.</param>
/// <param name="Week">The ISO week it belongs to, in the project's zone.</param>
internal sealed record LoggedProblem(Guid Id, Instant At, string Week);

internal sealed class LogProblemValidator : AbstractValidator<LogProblemBody>
{
    private const int Longest = 2000;

    public LogProblemValidator()
    {
        RuleFor(b => b.Project).IsCode();
        RuleFor(b => b.Problem).NotEmpty().MaximumLength(Longest);
        RuleFor(b => b.Cause).NotEmpty().MaximumLength(Longest);
        RuleFor(b => b.Solution).NotEmpty().MaximumLength(Longest);
        RuleFor(b => b.HelpNeeded).MaximumLength(Longest);
    }
}

/// <summary>ORG-05: somebody writes down a problem they met.</summary>
internal sealed class LogProblemHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys, IClock clock) : IRequestHandler<LogProblem, Answer<LoggedProblem>>
{
    public Task<Answer<LoggedProblem>> Handle(LogProblem request, CancellationToken cancellationToken)
    {
        var (caller, scope, b) = request;
        var (project, now) = (directory.Current.ProjectIn(scope, b.Project), clock.GetCurrentInstant());
        var help = string.IsNullOrWhiteSpace(b.HelpNeeded) ? null : b.HelpNeeded;
        var entry = ProblemEntry.Of(project.Code, caller.Self(), new(b.Problem, b.Cause, b.Solution, help), keys, now);
        db.Add(entry);
        var week = IsoWeek.Of(now.InZone(project.Zone).Date).ToString();
        return Task.FromResult<Answer<LoggedProblem>>(new(201, new LoggedProblem(entry.Id, now, week), new Deed("problemEntry", entry.Id.ToString(), project.Code, now), Location: "/api/v1/problem-log/mine"));
    }
}

internal static class LogProblemEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/problem-log", (Body<LogProblemBody> body, Call call) => call.Send(new LogProblem(call.Caller, call.Scope, body.Value)))
        .Tells<LoggedProblem>("logProblem", "Write into your problem log", "A problem, its cause, its solution, and the help you need. It stays as it is written.", status: 201, rules: HandoverRule.Rule)
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", problem = "夜间维保电话无人接听", cause = "值班表未更新", solution = "联系维保经理", helpNeeded = "请物业更新维保值班表" })
        .Requires(DutyPermissions.Serve);
}
