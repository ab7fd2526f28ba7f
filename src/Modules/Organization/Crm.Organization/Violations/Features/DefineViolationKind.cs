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
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Violations.Features;

/// <param name="Sanctions">What it leads to; at least one.</param>
internal sealed record RungBody(Sanction[] Sanctions);

/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Meaning">What it is, so that two supervisors call the same thing by it.</param>
/// <param name="Ladder">The sanctions of the first offence, the second, and so on; those of the last are also those of every later one.</param>
/// <param name="Reason">Why.</param>
/// <param name="WindowMonths">Offences within so many months of each other count, 1 to 120; all of them when absent.</param>
internal sealed record DefineViolationKindBody(string Code, string TitleEn, string TitleZh, string Meaning, RungBody[] Ladder, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason, int? WindowMonths = null);

internal sealed record DefineViolationKind(DefineViolationKindBody Body) : ICommand<CodedAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class DefineViolationKindValidator : AbstractValidator<DefineViolationKindBody>
{
    public DefineViolationKindValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.TitleEn).IsName();
        RuleFor(b => b.TitleZh).IsName();
        RuleFor(b => b.Meaning).NotEmpty().MaximumLength(2_000);
        RuleFor(b => b.Ladder).IsLadder();
        RuleFor(b => b.WindowMonths).InclusiveBetween(1, 120);
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

internal static class LadderRules
{
    /// <summary>1 to 20 rungs of 1 to 10 sanctions, each measure once, with an amount where it has one.</summary>
    public static IRuleBuilderOptions<T, RungBody[]> IsLadder<T>(this IRuleBuilder<T, RungBody[]> rule) => rule
        .Must(rungs => rungs.Length is >= 1 and <= 20 && rungs.All(r => r?.Sanctions is { Length: >= 1 and <= 10 } sanctions && sanctions.All(s => s is not null && s.IsWhole()) && sanctions.DistinctBy(s => s.Measure).Count() == sanctions.Length))
        .WithMessage(_ => new Text(
            "must be 1 to 20 rungs of sanctions, each measure once on a rung, with an amount of 1 to 1000000 for pointsDeduction, fine (yuan) and rotationRemoval (days), and only for these",
            "应为 1 到 20 级处罚，每级中每种措施只出现一次；pointsDeduction（分）、fine（元）、rotationRemoval（天）须有 1 到 1000000 的数额，其他措施不得有").Localized);

    /// <summary>The ladder as the rules know it.</summary>
    public static Ladder ToLadder(this RungBody[] rungs, int? windowMonths) => new([.. rungs.Select(r => (IReadOnlyList<Sanction>)r.Sanctions)], windowMonths);
}

/// <summary>ORG-13: a new kind of violation.</summary>
internal sealed class DefineViolationKindHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<DefineViolationKind, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(DefineViolationKind request, CancellationToken cancellationToken)
    {
        var (b, now) = (request.Body, clock.GetCurrentInstant());
        await db.TakeNameAsync($"violation kind {b.Code}", cancellationToken);
        if (await db.ViolationKinds.AnyAsync(k => k.Code == b.Code, cancellationToken))
            throw new BrokenRule("ORG-13", new Text($"There is a kind of violation {b.Code} already.", $"违规种类 {b.Code} 已存在。"));
        var kind = new ViolationKind { Code = b.Code };
        db.ViolationKinds.Add(kind);
        db.ViolationKindVersions.Add(kind.Begin(new(b.TitleEn, b.TitleZh, b.Meaning, b.Ladder.ToLadder(b.WindowMonths)), context.Caller.Subject, b.Reason, now));
        return new(201, new CodedAnswer(kind.Code, kind.Version), new Deed("violationKind", kind.Code, Project: null, now), kind.Version, $"/api/v1/violation-kinds/{kind.Code}");
    }
}

internal static class DefineViolationKindEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/violation-kinds", (Body<DefineViolationKindBody> body, Call call) => call.Send(new DefineViolationKind(body.Value)))
        .Tells<CodedAnswer>("defineViolationKind", "Define a kind of violation", "What it is, and what its first, second and further offences lead to.", status: 201, rules: "ORG-13")
        .WithMetadata(new CreatesSomething())
        .Example(new
        {
            code = "lateness", titleEn = "Lateness", titleZh = "迟到", meaning = "未请假而晚于排班时间到岗。", windowMonths = 12, reason = "考勤制度",
            ladder = new object[]
            {
                new { sanctions = new[] { new { measure = "verbalWarning" } } },
                new { sanctions = new[] { new { measure = "pointsDeduction", amount = 2 }, new { measure = "fine", amount = 50 } } },
                new { sanctions = new[] { new { measure = "rotationRemoval", amount = 3 } } },
            },
        })
        .RequiresEverywhere(OrganizationPermissions.DefineViolations);
}
