using Crm.Organization.Data;
using Crm.Shared.Failures;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Features;

/// <summary>ORG-02: a department is responsible for, organises, assists in or takes part in a matter.</summary>
internal static class Duties
{
    private const int Most = 100;

    /// <summary>A list of matters that names each once.</summary>
    public static IRuleBuilderOptions<T, DutyBody[]> AreDuties<T>(this IRuleBuilder<T, DutyBody[]> rule) => rule
        .Must(duties => duties.Length <= Most && duties.All(d => d is { Matter.Length: >= 1 and <= 100 }) && duties.DistinctBy(d => d.Matter).Count() == duties.Length)
        .WithMessage(_ => new Text($"must be at most {Most} matters of 1 to 100 characters, each once", $"最多 {Most} 项，每项名称 1 到 100 个字符且不重复").Localized);

    /// <summary>Gives the department these duties instead of those it had. The department is saved already, and the directory's row lock taken.</summary>
    /// <exception cref="BrokenRule">ORG-02: another department of the same company or project is responsible for one of the matters.</exception>
    public static async Task TakeOnAsync(this Department department, OrganizationDb db, IReadOnlyCollection<DutyBody> duties, CancellationToken ct)
    {
        string[] responsible = [.. duties.Where(d => d.Part == DepartmentPart.Responsible).Select(d => d.Matter)];
        var other = await db.Duties
            .Where(d => d.Part == DepartmentPart.Responsible && responsible.Contains(d.Matter) && d.Department != department.Code)
            .Join(db.Departments.Where(d => d.Company == department.Company && d.Project == department.Project), d => d.Department, d => d.Code, (duty, _) => duty.Department)
            .Order().FirstOrDefaultAsync(ct);
        if (other is not null)
            throw new BrokenRule("ORG-02", new Text($"The department {other} is responsible for one of these matters already: a matter has one responsible department.", $"其中一项已由部门 {other} 负责：每个事项只有一个责任部门。"));

        await db.Duties.Where(d => d.Department == department.Code).ExecuteDeleteAsync(ct);
        db.Duties.AddRange(duties.Select(d => new DepartmentDuty { Department = department.Code, Matter = d.Matter, Part = d.Part }));
    }
}
