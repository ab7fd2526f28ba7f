using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Name">The name people know it by.</param>
/// <param name="Manager">The staff code of the area manager.</param>
[NotPersonal("the name of a place", "Name")]
internal sealed record EditAreaBody(string Name, string Manager);

internal sealed record EditArea(string Code, EditAreaBody Body) : ICommand<CodedAnswer>;

internal sealed class EditAreaValidator : AbstractValidator<EditAreaBody>
{
    public EditAreaValidator()
    {
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Manager).IsStaffCode();
    }
}

/// <summary>ORG-01: an area gets another name or manager; its code and its company stay.</summary>
internal sealed class EditAreaHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<EditArea, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditArea request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var area = await db.Areas.SingleOrDefaultAsync(a => a.Code == request.Code, cancellationToken) ?? throw new NotFound("area", "片区");
        context.EnsureCurrent(area.Version);
        await AreaRule.EnsureManagerAsync(db, request.Body.Manager, cancellationToken);
        (area.Name, area.Manager) = request.Body;
        area.Edited();
        return CodedAnswer.Edited(area, "area", project: null, clock.GetCurrentInstant());
    }
}

internal static class EditAreaEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/areas/{code}", (string code, Body<EditAreaBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditArea(code, body.Value)), ct))
        .Tells<CodedAnswer>("editArea", "Edit an area", "Its name and manager. Needs If-Match.", rules: "ORG-01")
        .WithMetadata(new EditsSomething())
        .About("area", "片区", (OrganizationDb db, string code, ProjectScope scope) => db.AreasIn(scope).Where(a => a.Code == code))
        .Example(new { name = "东区", manager = "demo.manager" })
        .RequiresEverywhere(OrganizationPermissions.ManagePlaces);
}
