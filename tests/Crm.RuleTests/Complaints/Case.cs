using Crm.Complaints;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Http;
using NodaTime;
using Moment = Crm.Shared.Clocks.Moment<Crm.Complaints.CasePolicies>;

namespace Crm.RuleTests;

/// <summary>A complaint under test with the clock on the wall beside it: acts happen at <see cref="Now"/>, which a test moves.</summary>
internal sealed class Case
{
    /// <summary>When every case under test is registered.</summary>
    public static readonly Instant Start = Calendar.Utc("2026-03-02T01:00:00Z");

    private readonly Project project;
    private OrganizationSnapshot organization;

    private Case(Project project, OrganizationSnapshot organization, ComplaintRecord record)
    {
        (this.project, this.organization) = (project, organization);
        Complaint = Complaint.Register(record, Moment);
    }

    public Complaint Complaint { get; }

    public Instant Now { get; set; } = Start;

    public Moment Moment => new(Now, "demo.officer", new CasePolicies(organization, project, Now));

    /// <summary>Registers a minor complaint of the demo project by somebody who left a name, with whatever is different.</summary>
    public static Case Registered(
        Severity severity = Severity.Minor, CaseKind kind = CaseKind.Complaint, Instant? receivedAt = null, Project? project = null, string? name = "李女士",
        bool phone = true, Channel channel = Channel.Hotline, bool writtenReplyOnly = false, params PolicyOverride[] own)
    {
        var place = project ?? Company.Demo;
        return new Case(place, Company.With(own), new ComplaintRecord
        {
            ComplaintId = Guid.CreateVersion7(), Number = "TS20260302-000001", Project = place.Code, Kind = kind, Channel = channel, Category = "other",
            ProposedSeverity = severity, Content = "电梯停运", CustomerName = name, LeftPhone = phone,
            ReceivedAt = receivedAt ?? Start, ReceivedBy = "demo.officer", RegisteredAt = Start, RegisteredBy = "demo.officer", WrittenReplyOnly = writtenReplyOnly,
        });
    }

    /// <summary>A major complaint.</summary>
    public static Case Major(params PolicyOverride[] own) => Registered(Severity.Major, own: own);

    /// <summary>A case that has come to this status by the shortest way.</summary>
    public static Case In(CaseStatus status, Severity severity = Severity.Minor)
    {
        var c = Registered(severity);
        if (status is CaseStatus.Registered) return c;
        if (status is CaseStatus.Withdrawn)
        {
            c.Complaint.Withdraw("已自行解决", c.Moment);
            return c;
        }

        c.Complaint.Accept(c.Moment);
        if (status is CaseStatus.Accepted) return c;
        c.Complaint.Resolve("已修复", c.Moment);
        if (status is CaseStatus.Resolved) return c;
        if (status is CaseStatus.Reopened)
        {
            c.Complaint.Reopen("客户不满意", c.Moment);
            return c;
        }

        c.Complaint.Verify("现场核实", c.Moment);
        if (status is CaseStatus.Archived) c.Complaint.Archive(c.Moment);
        return c;
    }

    /// <summary>Does something at an instant, as a command does: after catching up with what time has decided.</summary>
    public Case At(Instant now, Action<Complaint, Moment>? act = null)
    {
        Now = now;
        Complaint.CatchUp(Moment);
        act?.Invoke(Complaint, Moment);
        return this;
    }

    /// <summary>Gives the project values of its own from now on.</summary>
    public void Set(params PolicyOverride[] own) => organization = Company.With(own);

    /// <summary>The only clock of this kind (in a cycle, when more than one cycle is there).</summary>
    public Clock Clock(ComplaintClock kind, int? cycle = null) => Clocks(kind).Single(c => cycle is null || c.Cycle == cycle);

    public IEnumerable<Clock> Clocks(ComplaintClock kind) => Complaint.Clocks.Where(c => c.Kind == kind.ToWire());

    /// <summary>The events of one type it has raised so far.</summary>
    public IReadOnlyList<TEvent> Raised<TEvent>() => [.. Complaint.Raised.OfType<TEvent>()];

    /// <summary>How the clocks of a kind were breached, by the events.</summary>
    public int Breaches(ComplaintClock kind) => Raised<Crm.Complaints.Contracts.ComplaintClockBreached>().Count(e => e.Clock == kind.ToWire());
}
