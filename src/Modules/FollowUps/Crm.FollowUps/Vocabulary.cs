namespace Crm.FollowUps;

/// <summary>FUP-01: what is followed up.</summary>
internal enum FollowUpKind
{
    /// <summary>投诉回访.</summary>
    Complaint,

    /// <summary>维修回访.</summary>
    Repair,

    /// <summary>有偿服务回访.</summary>
    PaidService,

    /// <summary>客户调查.</summary>
    CustomerSurvey,

    /// <summary>社区活动.</summary>
    CommunityActivity,

    /// <summary>节日.</summary>
    Festival,

    /// <summary>入住.</summary>
    MoveIn,

    /// <summary>突发事件.</summary>
    Incident,

    /// <summary>在建.</summary>
    UnderConstruction,

    /// <summary>交付.</summary>
    Handover,

    /// <summary>重点客户.</summary>
    KeyAccount,

    /// <summary>其他.</summary>
    Other,
}

/// <summary>FUP-05: how the customer was asked.</summary>
internal enum VisitChannel
{
    /// <summary>电话: needs no signature; the record says it was a call.</summary>
    Phone,

    /// <summary>微信.</summary>
    Wechat,

    /// <summary>上门: needs the customer's signature.</summary>
    InPerson,

    /// <summary>信函.</summary>
    Letter,

    /// <summary>公开信.</summary>
    OpenLetter,
}

/// <summary>FUP-06: why the customer was not reached.</summary>
internal enum NotReached
{
    /// <summary>占线.</summary>
    Busy,

    /// <summary>无人接听.</summary>
    NoAnswer,

    /// <summary>拒访.</summary>
    Refused,

    /// <summary>号码错误.</summary>
    WrongNumber,
}

/// <summary>Where a follow-up stands.</summary>
internal enum FollowUpState
{
    /// <summary>To be made.</summary>
    Planned,

    /// <summary>The customer was reached.</summary>
    Completed,

    /// <summary>FUP-07: tried as often as the policy wants; counted apart.</summary>
    Unreachable,

    /// <summary>Pointless: the matter was reopened before anybody asked.</summary>
    Cancelled,
}

/// <summary>The clocks of a follow-up. See clocks.md.</summary>
internal enum FollowUpClock
{
    /// <summary>FUP-02: made within the window.</summary>
    Due,

    /// <summary>FUP-07: tried again in time.</summary>
    Retry,
}
