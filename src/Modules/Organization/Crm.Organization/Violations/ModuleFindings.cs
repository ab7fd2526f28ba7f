using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: what modules find by themselves is recorded like what people find: as a command with its audit row, in a transaction of its own.</summary>
internal sealed class ModuleFindings(IServiceScopeFactory scopes)
{
    public async Task<Guid> RecordAsync(ViolationReport report, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CommandContext>().Caller = new Caller($"rule:{report.Rule}", Staff: null, new Dictionary<string, ProjectScope>());
        return (await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new RecordFinding(report), ct)).Body.Id;
    }
}

internal sealed record RecordFinding(ViolationReport Report) : ICommand<FindingRecorded>;

/// <param name="Id">The violation.</param>
internal sealed record FindingRecorded(Guid Id);

internal sealed class RecordFindingHandler(ViolationRegister register, OrganizationDirectory directory, CommandContext context, IClock clock) : IRequestHandler<RecordFinding, Answer<FindingRecorded>>
{
    public async Task<Answer<FindingRecorded>> Handle(RecordFinding request, CancellationToken cancellationToken)
    {
        var r = request.Report;
        var project = directory.Current.FindProject(r.Project) ?? throw new NotFound("project", "项目");
        if (directory.Current.FindStaff(r.Staff) is null) throw new NotFound("member of staff", "员工");
        var violation = await register.RecordAsync(r.Staff, project, r.Kind, r.OccurredAt, r.Facts, r.Evidence, context.Caller.Subject, r.Module, r.Reference, cancellationToken);
        return new(201, new FindingRecorded(violation.Id), new Deed("violation", violation.Id.ToString(), violation.Project, clock.GetCurrentInstant()), violation.Version);
    }
}
