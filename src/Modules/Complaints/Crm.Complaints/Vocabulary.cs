namespace Crm.Complaints;

/// <summary>CMP-01: what a customer said, by kind. Only a complaint has clocks.</summary>
internal enum CaseKind
{
    /// <summary>咨询.</summary>
    Inquiry,

    /// <summary>建议.</summary>
    Suggestion,

    /// <summary>不满: an early signal.</summary>
    Dissatisfaction,

    /// <summary>抱怨: an early signal.</summary>
    Grumble,

    /// <summary>投诉.</summary>
    Complaint,

    /// <summary>报修.</summary>
    Repair,

    /// <summary>有偿服务.</summary>
    PaidService,

    /// <summary>表扬.</summary>
    Praise,
}

/// <summary>CMP-02: the way it reached us.</summary>
internal enum Channel
{
    /// <summary>热线.</summary>
    Hotline,

    /// <summary>前台.</summary>
    FrontDesk,

    /// <summary>现场.</summary>
    OnSite,

    /// <summary>微信.</summary>
    Wechat,

    /// <summary>QQ and web chat.</summary>
    Chat,

    /// <summary>网站.</summary>
    Web,

    /// <summary>传真.</summary>
    Fax,

    /// <summary>电子邮件.</summary>
    Email,

    /// <summary>信函.</summary>
    Letter,

    /// <summary>上级主管部门: a superior authority.</summary>
    Authority,

    /// <summary>媒体.</summary>
    Media,

    /// <summary>开发商.</summary>
    Developer,

    /// <summary>回访中提出: heard in a follow-up.</summary>
    FollowUpCall,
}

/// <summary>CMP-04: how grave it is. Which of them a project uses is its severity scale.</summary>
internal enum Severity
{
    /// <summary>轻微.</summary>
    Minor,

    /// <summary>一般 (scale of property-management).</summary>
    Ordinary,

    /// <summary>重要 (scale of property-management).</summary>
    Important,

    /// <summary>重大.</summary>
    Major,
}

/// <summary>CMP-04: by which criterion a complaint is proposed as major.</summary>
internal enum MajorCriterion
{
    /// <summary>Promised or contracted service missing or clearly faulty, unresolved after repeated complaints.</summary>
    ServiceMissingOrFaulty,

    /// <summary>Neighbours or other outside causes that affect normal daily life.</summary>
    DailyLifeAffected,

    /// <summary>Management's fault causing heavy economic loss or injury.</summary>
    HeavyLossOrInjury,

    /// <summary>Not reasonably resolved in 10 days.</summary>
    NotResolvedInTime,

    /// <summary>A claim for compensation.</summary>
    CompensationClaimed,

    /// <summary>What an officer cannot solve.</summary>
    BeyondOfficer,
}

/// <summary>CMP-19: where a case stands.</summary>
internal enum CaseStatus
{
    /// <summary>已登记.</summary>
    Registered,

    /// <summary>已受理: somebody has it in hand.</summary>
    Accepted,

    /// <summary>已处理.</summary>
    Resolved,

    /// <summary>已核实.</summary>
    Verified,

    /// <summary>已归档.</summary>
    Archived,

    /// <summary>已撤诉.</summary>
    Withdrawn,

    /// <summary>重新处理: a new cycle has begun and nobody has accepted it yet; the handler before may go on at once.</summary>
    Reopened,
}

/// <summary>The clocks of a complaint. See clocks.md.</summary>
internal enum ComplaintClock
{
    /// <summary>CMP-09: the customer hears from us.</summary>
    Feedback,

    /// <summary>CMP-13: the report to the head of asset management.</summary>
    HeadReport,

    /// <summary>CMP-13: the head's acknowledgement of it.</summary>
    HeadAcknowledgement,

    /// <summary>CMP-14: a solution agreed and carried out.</summary>
    Solution,

    /// <summary>CMP-16: resolved before it becomes major by itself.</summary>
    Escalation,
}

/// <summary>CMP-23: why no return visit is made.</summary>
internal enum FollowUpExemption
{
    /// <summary>The complainant left no name.</summary>
    Anonymous,

    /// <summary>A superior authority that only wants a written reply.</summary>
    WrittenReplyOnly,
}

/// <summary>CMP-19: a move in a case's history.</summary>
internal enum StepKind
{
    /// <summary>Registered, with its disposition form.</summary>
    Registered,

    /// <summary>CMP-03: something was added to the record.</summary>
    Supplemented,

    /// <summary>Taken in hand.</summary>
    Accepted,

    /// <summary>ORG-03: who had it in hand has left, and somebody else has it from now on.</summary>
    PassedOn,

    /// <summary>CMP-09: the customer was told how it stands.</summary>
    CustomerFeedback,

    /// <summary>CMP-13: reported to the head.</summary>
    HeadReported,

    /// <summary>CMP-13: the head has taken note.</summary>
    HeadAcknowledged,

    /// <summary>CMP-14: the customer agreed to a solution.</summary>
    SolutionAgreed,

    /// <summary>CMP-04: the severity was changed by hand.</summary>
    SeverityChanged,

    /// <summary>CMP-16: became major by itself.</summary>
    Promoted,

    /// <summary>Resolved.</summary>
    Resolved,

    /// <summary>CMP-21: the result was checked.</summary>
    Verified,

    /// <summary>CMP-23: the written reply, or the note that there is nobody to write to.</summary>
    WrittenReply,

    /// <summary>The return visit was made, or the customer could not be reached.</summary>
    FollowedUp,

    /// <summary>ORG-08: a deadline was moved by a new policy value or a corrected calendar.</summary>
    DeadlineMoved,

    /// <summary>A new cycle.</summary>
    Reopened,

    /// <summary>Withdrawn.</summary>
    Withdrawn,

    /// <summary>CMP-24: filed.</summary>
    Archived,

    /// <summary>ORG-12: the customer was forgotten at their request.</summary>
    Erased,
}
