using Crm.Organization.Data;
using Crm.Organization.Estate.Import;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Estate.Features;

/// <param name="DryRun">True: only say what the file would do; false: do it.</param>
internal sealed record ImportUnitsQuery(bool DryRun);

internal sealed record ImportUnits(string Project, ProjectScope Scope, string Text) : ICommand<UnitsImported>;

internal sealed record TryUnitsImport(string Project, ProjectScope Scope, string Text) : IRequest<UnitsImported>;

/// <param name="DryRun">True: nothing was done, and this is what would be.</param>
/// <param name="Created">How many units come into being.</param>
/// <param name="Changed">How many become others.</param>
/// <param name="Unchanged">How many are as the file says already.</param>
/// <param name="Faults">What is wrong in the file, in order of lines. With a fault nothing is imported.</param>
/// <param name="Lines">In a dry run what is done with each line that has no fault; otherwise empty.</param>
internal sealed record UnitsImported(bool DryRun, int Created, int Changed, int Unchanged, IReadOnlyList<ImportFault> Faults, IReadOnlyList<ImportedLine> Lines);

/// <param name="Line">The line on which the record begins; the headings are on line 1.</param>
/// <param name="Column">The column, as the file heads it; null when the line as a whole is wrong.</param>
/// <param name="Message">What would be right.</param>
[NotPersonal("what would be right", "Message")]
internal sealed record ImportFault(int Line, string? Column, string Message);

/// <param name="Line">The line on which the record begins.</param>
/// <param name="Building">The code of the building.</param>
/// <param name="Number">The unit's number.</param>
/// <param name="Outcome">What is done with it.</param>
/// <param name="Changes">Which values become others.</param>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed record ImportedLine(int Line, string Building, string Number, LineOutcome Outcome, IReadOnlyList<UnitChange> Changes);

/// <summary>ORG-01: the units of a file, all or none, in one transaction with one audit entry. The same file twice changes nothing.</summary>
internal sealed class ImportUnitsHandler(OrganizationDb db, CommandContext context, IClock clock)
    : IRequestHandler<ImportUnits, Answer<UnitsImported>>, IRequestHandler<TryUnitsImport, UnitsImported>
{
    private const int MostNamed = 200;

    public async Task<Answer<UnitsImported>> Handle(ImportUnits request, CancellationToken cancellationToken)
    {
        var (project, scope, text) = request;
        await db.EnsureProjectAsync(scope, project, context, cancellationToken);
        await db.TakeNameAsync($"organization.units:{project}", cancellationToken);
        var plan = await PlanAsync(project, text, locked: true, cancellationToken);
        if (plan.Faults.Count > 0) throw Refuse(plan.Faults);
        await db.WriteAsync(project, plan.Units, cancellationToken);
        return new(200, Answer(plan, dryRun: false), new Deed("units", project, project, clock.GetCurrentInstant()));
    }

    public async Task<UnitsImported> Handle(TryUnitsImport request, CancellationToken cancellationToken)
    {
        if (!await db.ProjectIn(request.Scope, request.Project).AnyAsync(cancellationToken)) throw new NotFound("project", "项目");
        return Answer(await PlanAsync(request.Project, request.Text, locked: false, cancellationToken), dryRun: true);
    }

    private async Task<UnitsPlan> PlanAsync(string project, string text, bool locked, CancellationToken ct)
    {
        var file = UnitsFile.Read(text);
        var buildings = await db.Set<Building>().AsNoTracking().Where(b => b.Project == project).ToListAsync(ct);
        return UnitsPlan.Of(file, buildings, await db.KnownUnitsAsync(project, [.. UnitsPlan.Places(file, buildings, faults: []).Keys], locked, ct));
    }

    private static UnitsImported Answer(UnitsPlan plan, bool dryRun)
    {
        int Count(LineOutcome outcome) => plan.Units.Count(u => u.Outcome == outcome);
        return new(
            dryRun, Count(LineOutcome.Created), Count(LineOutcome.Changed), Count(LineOutcome.Unchanged), [.. plan.Faults.Select(f => new ImportFault(f.Line, f.Column, f.Text.Localized))],
            dryRun ? [.. plan.Units.Select(u => new ImportedLine(u.Line, u.Facts.Building, u.Facts.Number, u.Outcome, u.Changes))] : []);
    }

    private static Malformed Refuse(IReadOnlyList<UnitsFault> faults)
    {
        var errors = new Dictionary<string, Text>();
        foreach (var fault in faults.Take(MostNamed)) errors.TryAdd(fault.Column is null ? $"line {fault.Line}" : $"line {fault.Line}, {fault.Column}", fault.Text);
        if (faults.Count > MostNamed) errors["$"] = new($"{faults.Count} faults in all: a dry run names each", $"共 {faults.Count} 处错误，试运行可列出全部");
        return new(errors);
    }
}

internal static class ImportUnitsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/projects/{project}/units/import", (string project, Query<ImportUnitsQuery> query, CsvFile file, Call call) => query.Value.DryRun
            ? call.Ask(new TryUnitsImport(project, call.Scope, file.Text))
            : call.Send(new ImportUnits(project, call.Scope, file.Text)))
        .Tells<UnitsImported>(
            "importUnits", "Import units",
            "A CSV file (UTF-8 or GB18030, comma-separated, at most 4 MiB and 30000 lines) with the headings building/楼栋 and number/房号, and, as wanted, floor/楼层, kind/类型, area/面积, tenure/销售状态 and occupancy/使用状态. "
            + "A building is named by its code or its name. An empty cell leaves what is known as it is. With dryRun=true it answers what would be created, changed or left alone, and every fault with its line and column; "
            + "with dryRun=false it imports all, or nothing if there is a fault. The same file again changes nothing. Each call needs a key of its own; a dry run keeps no answer under it.",
            rules: "ORG-01")
        .WithMetadata(new CreatesSomething())
        .About("project", "项目", (OrganizationDb db, string project, ProjectScope scope) => db.ProjectIn(scope, project))
        .Example("楼栋,房号,楼层,类型,建筑面积(㎡),销售状态,使用状态\n1栋,1203,12,住宅,89.50,已售,自用\n1栋,1205,12,住宅,120.00,未售,空置\n")
        .Requires(OrganizationPermissions.ManageEstate);
}
