using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Duty.Features;
using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Crm.Shared.Retention;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Duty;

/// <summary>ORG-04, ORG-05: what shifts, rosters, notes between shifts and problem logs consist of.</summary>
internal static class DutyPart
{
    public static IServiceCollection AddDuty(this IServiceCollection services)
    {
        services.AddDutyNotices()
            .AddScoped<OpenHours>().AddScoped<Placing>().AddScoped<RosterLayout>().AddScoped<RosterChange>().AddScoped<CurrentDuty>().AddScoped<PatternMaking>()
            .AddScoped<LeaversShifts>().AddScoped<HandOver>(sp => sp.GetRequiredService<LeaversShifts>()).AddScoped<IHoldings, ComingShifts>()
            .AddScoped<Erasing, ErasingHandovers>()
            .AddSingleton(new ForgottenRows(OrganizationModule.Schema, "shift_handovers", "written_at < $2", keep => keep.ShiftNotes))
            .AddSingleton(new ForgottenRows(OrganizationModule.Schema, "problem_entries", "at < $2", keep => keep.ShiftNotes))
            .AddScoped<WhoIsOnDuty>(sp => sp.GetRequiredService<CurrentDuty>().AtAsync)
            .AddSingleton<ClockSweep, ReminderSweep>().AddSingleton<ClockSweep, HandoverSweep>()
            .AddSingleton(new ConstraintMeaning(DutyTables.OneShiftAtATime, () => DutyRule.Broken("Somebody would have two shifts at the same time, here or in another project.", "有人在同一时间会有两个班次（含其他项目）。")))
            .AddSingleton(new ConstraintMeaning(DutyTables.RestBetweenShifts, () => DutyRule.Broken("Somebody would have too little rest between two shifts: see the policy organization.rest-between-shifts.", "有人两个班次之间休息不足，见策略 organization.rest-between-shifts。")))
            .AddSingleton(new ConstraintMeaning(DutyTables.OneLeaveAtATime, () => DutyRule.Broken("You have asked for leave at that time already.", "该时段已有请假申请。")))
            .AddSingleton(new ConstraintMeaning(DutyTables.OneRosterAMonth, () => DutyRule.Broken("There is a roster of that month already.", "该月排班表已存在。")))
            .AddSingleton(new ConstraintMeaning(DutyTables.OneShiftOfACode, () => DutyRule.Broken("The project has a shift of this code already.", "该项目已有此编号的班次。")));
        foreach (var (table, column) in new[] { ("leave_requests", "reason"), ("leave_requests", "refusal"), ("shift_handovers", "content"), ("problem_entries", "texts") })
            services.AddSingleton(new SealedColumn($"organization.{table}", column, $"'organization.{table}.{column}:' || id"));
        foreach (var policy in DutyPolicies.All) services.AddSingleton(policy);
        foreach (var permission in DutyPermissions.All) services.AddSingleton(permission);
        return services;
    }

    public static void MapDuty(this IEndpointRouteBuilder routes)
    {
        OpenShiftEndpoint.Map(routes);
        EditShiftEndpoint.Map(routes);
        ListShiftsEndpoint.Map(routes);
        DraftRosterEndpoint.Map(routes);
        EditRosterEndpoint.Map(routes);
        ListRostersEndpoint.Map(routes);
        GetRosterEndpoint.Map(routes);
        GenerateRosterEndpoint.Map(routes);
        ArrangeRosterEndpoint.Map(routes);
        PublishRosterEndpoint.Map(routes);
        CorrectRosterEndpoint.Map(routes);
        ListGapsEndpoint.Map(routes);
        AskLeaveEndpoint.Map(routes);
        DecideLeaveEndpoints.Map(routes);
        WithdrawLeaveEndpoint.Map(routes);
        ListLeaveEndpoint.Map(routes);
        GetDutyEndpoint.Map(routes);
        ListMyShiftsEndpoint.Map(routes);
        ExtendShiftEndpoint.Map(routes);
        AskSwapEndpoint.Map(routes);
        AnswerSwapEndpoint.Map(routes);
        DecideSwapEndpoint.Map(routes);
        WithdrawSwapEndpoint.Map(routes);
        ListSwapsEndpoint.Map(routes);
        WriteHandoverEndpoint.Map(routes);
        ConfirmHandoverEndpoint.Map(routes);
        ListHandoversEndpoint.Map(routes);
        LogProblemEndpoint.Map(routes);
        ListProblemsEndpoint.Map(routes);
        SumUpProblemsEndpoint.Map(routes);
    }

    /// <summary>The path names a roster by its project and month.</summary>
    public static TBuilder AboutRoster<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PathSubject(
        "roster", "排班表", (services, path, scope, ct) => services.GetRequiredService<OrganizationDb>().RostersIn(scope, path[0], path[1]).AnyAsync(ct)));

    /// <summary>The path names a shift by its project and code.</summary>
    public static TBuilder AboutShift<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PathSubject(
        "shift", "班次", (services, path, scope, ct) => services.GetRequiredService<OrganizationDb>().ShiftsIn(scope, path[0], path[1]).AnyAsync(ct)));

    /// <summary>The staff code of whose shifts a call means: nobody else's but the caller's. A machine has none.</summary>
    /// <exception cref="NotFound">The caller is a machine.</exception>
    public static string Self(this Caller caller) => caller.Staff ?? throw new NotFound("shift of yours", "本人班次");
}
