using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: the grade of a customer, highest first.</summary>
internal enum CustomerGrade
{
    A,
    B,
    C,
}

/// <summary>
/// ORG-16: one person, for every module. Known by their phones, of which each is one person's only; the business modules keep what they were
/// told at the time and link to it. Name, phones, e-mail and identity number are kept sealed.
/// </summary>
internal sealed class Customer : Aggregate, IHoldsRecordKey
{
    /// <summary>What acts where nobody does.</summary>
    public const string Rule = "rule:ORG-16";

    public const int MostPhones = 10;

    /// <summary>A phone that stands for more homes than this is a front desk's or an agent's: further ones are not put down from what modules report.</summary>
    public const int MostHomesHeardOf = 20;

    private readonly List<CustomerPhone> phones = [];
    private readonly List<CustomerHome> homes = [];
    private readonly List<CustomerProject> projects = [];

    private Customer() => RecordedBy = "";

    /// <summary>The name, sealed; null for somebody who never left one.</summary>
    [Personal(Datum.CustomerName, Guard.Sealed)]
    public byte[]? NameSealed { get; private set; }

    /// <summary>The e-mail address, sealed.</summary>
    [Personal(Datum.CustomerAddress, Guard.Sealed)]
    public byte[]? EmailSealed { get; private set; }

    /// <summary>The identity number, sealed.</summary>
    [Personal(Datum.CustomerIdNumber, Guard.Sealed)]
    public byte[]? NationalIdSealed { get; private set; }

    /// <summary>Its blind index: no two customers have one number.</summary>
    [Personal(Datum.CustomerIdNumber, Guard.BlindIndex)]
    public byte[]? NationalIdIndex { get; private set; }

    /// <summary>The key of what was said about them, sealed; null before anything was, and after they were forgotten.</summary>
    [Personal(Datum.PersonKey, Guard.Sealed)]
    public byte[]? SealedKey { get; set; }

    /// <summary>ORG-12: when they were forgotten; null while they are not.</summary>
    public Instant? ErasedAt { get; private set; }

    public Guid RecordId => Id;

    public bool IsErased => ErasedAt is not null;

    /// <summary>The phone that is called first; one of <see cref="Phones"/>, if there is any.</summary>
    public Guid? FirstPhone { get; private set; }

    public CustomerGrade Grade { get; private set; } = CustomerGrade.C;

    /// <summary>Somebody has set the grade; rules leave it alone until that is taken back.</summary>
    public bool GradedByHand { get; private set; }

    /// <summary>The record that stays, once this one has turned out to be the same person.</summary>
    public Guid? MergedInto { get; private set; }

    public Instant KnownSince { get; private set; }

    /// <summary>The caller's subject, or <c>rule:ORG-16</c> when a module's report made them known.</summary>
    public string RecordedBy { get; private set; }

    public IReadOnlyCollection<CustomerPhone> Phones => phones;

    public IReadOnlyCollection<CustomerHome> Homes => homes;

    /// <summary>The projects they have to do with: who may see one of them may see the customer.</summary>
    public IReadOnlyCollection<CustomerProject> Projects => projects;

    /// <summary>Where a sealed value of the record belongs.</summary>
    public static string Place(Guid id, string what) => $"organization.customers.{what}:{id}";

    /// <summary>The name in the open; null for none.</summary>
    public string? Name(KeyRing keys) => NameSealed is null ? null : keys.Unseal(NameSealed, Place(Id, "name"));

    /// <summary>The e-mail address in the open; null for none.</summary>
    public string? Email(KeyRing keys) => EmailSealed is null ? null : keys.Unseal(EmailSealed, Place(Id, "email"));

    /// <summary>The identity number in the open; null for none.</summary>
    public NationalId? NationalId(KeyRing keys) => NationalIdSealed is null ? null : new NationalId(keys.Unseal(NationalIdSealed, Place(Id, "national_id")));

    /// <summary>The phones, the first one first, then as they were added.</summary>
    public IEnumerable<CustomerPhone> PhonesInOrder => phones.OrderBy(p => p.Id != FirstPhone).ThenBy(p => p.AddedAt).ThenBy(p => p.Id);

    /// <summary>Of their projects the one that an entry of the audit is put down to: the first by code of those the caller may see.</summary>
    public string? ProjectIn(ProjectScope scope) => projects.Select(p => p.Project).Where(scope.Includes).Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>
    /// What a module has heard of them: a project, a home and a name that were not known yet. What is known stays: what people have put down
    /// is better than what somebody said on the phone, and a later report never overwrites an earlier one.
    /// </summary>
    public void Hear(PersonSnapshot said, KeyRing keys, Instant now)
    {
        var isNews = Join(said.Project);
        if (NameSealed is null && said.Name is not null)
        {
            NameSealed = keys.Seal(said.Name, Place(Id, "name"));
            isNews = true;
        }

        if ((said.Building ?? said.Unit) is not null && homes.Count < MostHomesHeardOf && !homes.Any(h => h.Is(said.Project, said.Building, said.Unit)))
        {
            homes.Add(new CustomerHome { CustomerId = Id, Project = said.Project, Building = said.Building, Unit = said.Unit, Capacity = said.Capacity, Since = now });
            isNews = true;
        }

        if (isNews) Touch();
    }

    /// <summary>Tells the module whose record is about them.</summary>
    public void Link(string subjectKind, Guid subjectId, Instant now) => Raise(new CustomerLinked(Id, subjectKind, subjectId) { OccurredAt = now });

    /// <summary>Puts down name, e-mail address and identity number as they are from now on.</summary>
    public void Edit(string? name, string? email, NationalId? nationalId, KeyRing keys)
    {
        NameSealed = name is null ? null : keys.Seal(name, Place(Id, "name"));
        EmailSealed = email is null ? null : keys.Seal(email, Place(Id, "email"));
        NationalIdSealed = nationalId is { } id ? keys.Seal(id.Number, Place(Id, "national_id")) : null;
        NationalIdIndex = nationalId is { } number ? keys.Index(number.Number) : null;
        Touch();
    }

    /// <summary>Adds a phone, or makes one that is known the first.</summary>
    /// <exception cref="BrokenRule">There are <see cref="MostPhones"/> already.</exception>
    public CustomerPhone AddPhone(Phone phone, bool first, KeyRing keys, Instant now)
    {
        var index = keys.Index(phone.E164);
        var contact = phones.SingleOrDefault(p => p.PhoneIndex.AsSpan().SequenceEqual(index));
        if (contact is null)
        {
            if (phones.Count >= MostPhones)
                throw new BrokenRule("ORG-16", new Text($"A customer has at most {MostPhones} phones: remove one that is no longer theirs.", $"每位客户最多 {MostPhones} 个电话，请先移除不再使用的号码。"));
            contact = CustomerPhone.Of(Id, phone, keys, now);
            phones.Add(contact);
        }

        if (first || FirstPhone is null) FirstPhone = contact.Id;
        Touch();
        return contact;
    }

    /// <summary>A phone is no longer theirs; whoever calls from it next is somebody else.</summary>
    /// <exception cref="NotFound">They have no such phone.</exception>
    public CustomerPhone RemovePhone(Guid id)
    {
        var gone = phones.SingleOrDefault(p => p.Id == id) ?? throw new NotFound("contact of theirs", "该客户的联系方式");
        phones.Remove(gone);
        if (FirstPhone == id) FirstPhone = PhonesInOrder.FirstOrDefault()?.Id;
        Touch();
        return gone;
    }

    /// <summary>Adds a home, or puts down in which capacity they have to do with one that is known.</summary>
    public CustomerHome AddHome(string project, string? building, string? unit, HomeCapacity? capacity, Instant now)
    {
        Join(project);
        var home = homes.SingleOrDefault(h => h.Is(project, building, unit));
        if (home is null) homes.Add(home = new CustomerHome { CustomerId = Id, Project = project, Building = building, Unit = unit, Since = now });
        home.Capacity = capacity ?? home.Capacity;
        Touch();
        return home;
    }

    /// <summary>They have nothing to do with a home any more. They stay known in its project, where their records are.</summary>
    /// <exception cref="NotFound">They have no such home.</exception>
    public CustomerHome RemoveHome(Guid id)
    {
        var gone = homes.SingleOrDefault(h => h.Id == id) ?? throw new NotFound("home of theirs", "该客户的房产");
        homes.Remove(gone);
        Touch();
        return gone;
    }

    /// <summary>The grade that the rules give now.</summary>
    /// <returns>Null when it is the one they have, or somebody has set one.</returns>
    public CustomerGrading? GradeByRule(CustomerGrade grade, Instant now) => GradedByHand || grade == Grade ? null : Graded(grade, Rule, now);

    /// <summary>Sets the grade by hand; null takes back what was set.</summary>
    /// <returns>Null when there was nothing to take back.</returns>
    public CustomerGrading? GradeByHand(CustomerGrade? grade, string by, Instant now)
    {
        if (grade is null && !GradedByHand) return null;
        GradedByHand = grade is not null;
        return Graded(grade ?? Grade, by, now);
    }

    /// <summary>Two records can be one person only where they do not say that they are two.</summary>
    /// <exception cref="BrokenRule">They have different identity numbers.</exception>
    public void EnsureCouldBe(Customer other)
    {
        if (NationalIdIndex is not null && other.NationalIdIndex is not null && !NationalIdIndex.AsSpan().SequenceEqual(other.NationalIdIndex))
            throw new BrokenRule("ORG-16", new Text("The two have different identity numbers: correct the wrong one first.", "两条记录的身份号码不同，请先更正其中有误的一个。"));
    }

    /// <summary>The record is no more: it was the same person as another.</summary>
    /// <returns>What the other takes over.</returns>
    public Belongings GiveUp(Guid into, KeyRing keys, Instant now)
    {
        var belongings = new Belongings([.. homes], [.. projects], Name(keys), Email(keys), NationalId(keys), FirstPhone, GradedByHand ? Grade : null, KnownSince);
        homes.Clear();
        projects.Clear();
        (NameSealed, EmailSealed, NationalIdSealed, NationalIdIndex, FirstPhone, MergedInto) = (null, null, null, null, null, into);
        Raise(new CustomerMerged(Id, into, Through: null) { OccurredAt = now });
        Touch();
        return belongings;
    }

    /// <summary>The record this one was merged into is no more either.</summary>
    public void MoveOn(Guid into, Instant now)
    {
        Raise(new CustomerMerged(Id, into, Through: MergedInto) { OccurredAt = now });
        MergedInto = into;
        Touch();
    }

    /// <summary>Takes over what another record had that turned out to be the same person; what both know stays as it is here.</summary>
    /// <returns>The grade that somebody had set there, where nobody has set one here.</returns>
    public CustomerGrading? TakeOver(Belongings of, KeyRing keys, Instant now)
    {
        foreach (var project in of.Projects) Join(project.Project);
        foreach (var home in of.Homes)
        {
            if (homes.SingleOrDefault(h => h.Is(home.Project, home.Building, home.Unit)) is { } known) known.Capacity ??= home.Capacity;
            else homes.Add(new CustomerHome { CustomerId = Id, Project = home.Project, Building = home.Building, Unit = home.Unit, Capacity = home.Capacity, Since = home.Since });
        }

        if (NameSealed is null && of.Name is { } name) NameSealed = keys.Seal(name, Place(Id, "name"));
        if (EmailSealed is null && of.Email is { } email) EmailSealed = keys.Seal(email, Place(Id, "email"));
        if (NationalIdSealed is null && of.NationalId is { } id) (NationalIdSealed, NationalIdIndex) = (keys.Seal(id.Number, Place(Id, "national_id")), keys.Index(id.Number));
        FirstPhone ??= of.FirstPhone;
        KnownSince = Instant.Min(KnownSince, of.KnownSince);
        Touch();
        if (GradedByHand || of.SetGrade is not { } grade) return null;
        GradedByHand = true;
        return Graded(grade, Rule, now);
    }

    /// <summary>
    /// ORG-12: nothing says any more who they were. That there was somebody, with which grade and in which projects, stays counted; who calls
    /// from the same phone again is somebody new.
    /// </summary>
    public void Forget(Instant now)
    {
        phones.Clear();
        homes.Clear();
        (NameSealed, EmailSealed, NationalIdSealed, NationalIdIndex, FirstPhone, SealedKey, ErasedAt) = (null, null, null, null, null, null, now);
        Touch();
    }

    /// <summary>Marks a change that is kept beside the record.</summary>
    public void Edited() => Touch();

    private CustomerGrading Graded(CustomerGrade grade, string by, Instant now)
    {
        Grade = grade;
        foreach (var project in projects) project.Grade = grade;
        Touch();
        return new CustomerGrading { CustomerId = Id, Grade = grade, ByHand = GradedByHand, By = by, At = now };
    }

    /// <summary>They have to do with a project.</summary>
    /// <returns>False when that was known.</returns>
    private bool Join(string project)
    {
        if (projects.Any(p => p.Project == project)) return false;
        projects.Add(new CustomerProject { CustomerId = Id, Project = project, Grade = Grade });
        return true;
    }
}

/// <summary>ORG-16: what a record that is no more leaves to the one that stays, in the open: sealed values open only where they were kept.</summary>
[NotPersonal("stays in the process", "Name", "Email")]
internal sealed record Belongings(
    IReadOnlyList<CustomerHome> Homes, IReadOnlyList<CustomerProject> Projects, string? Name, string? Email, NationalId? NationalId, Guid? FirstPhone, CustomerGrade? SetGrade, Instant KnownSince);

/// <summary>ORG-16: a phone, which is one person's only.</summary>
internal sealed class CustomerPhone
{
    private CustomerPhone() => (PhoneIndex, PhoneSealed) = ([], []);

    /// <summary>What it is named by, so that no address holds the number.</summary>
    public Guid Id { get; private set; } = Ids.Next();

    public Guid CustomerId { get; private set; }

    /// <summary>The phone's blind index.</summary>
    [Personal(Datum.CustomerPhone, Guard.BlindIndex)]
    public byte[] PhoneIndex { get; private set; }

    /// <summary>The phone, sealed.</summary>
    [Personal(Datum.CustomerPhone, Guard.Sealed)]
    public byte[] PhoneSealed { get; private set; }

    public Instant AddedAt { get; private set; }

    /// <summary>Where a sealed phone belongs.</summary>
    public static string Place(Guid id) => $"organization.customer_phones.phone:{id}";

    public static CustomerPhone Of(Guid customer, Phone phone, KeyRing keys, Instant now)
    {
        var contact = new CustomerPhone { CustomerId = customer, PhoneIndex = keys.Index(phone.E164), AddedAt = now };
        contact.PhoneSealed = keys.Seal(phone.E164, Place(contact.Id));
        return contact;
    }

    /// <summary>The phone in the open.</summary>
    public Phone Phone(KeyRing keys) => new(keys.Unseal(PhoneSealed, Place(Id)));
}

/// <summary>ORG-16: a home somebody has to do with.</summary>
internal sealed class CustomerHome
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid CustomerId { get; init; }

    public required string Project { get; init; }

    [Personal(Datum.CustomerHome, Guard.Plain)]
    public string? Building { get; init; }

    [Personal(Datum.CustomerHome, Guard.Plain)]
    public string? Unit { get; init; }

    /// <summary>In which capacity; null while nobody has said.</summary>
    public HomeCapacity? Capacity { get; set; }

    public required Instant Since { get; init; }

    public bool Is(string project, string? building, string? unit) => Project == project && Building == building && Unit == unit;
}

/// <summary>ORG-16: a project somebody has to do with. The grade stands here too, so that an index can list a project's customers of one grade.</summary>
internal sealed class CustomerProject
{
    public required Guid CustomerId { get; init; }

    public required string Project { get; init; }

    public required CustomerGrade Grade { get; set; }
}

/// <summary>ORG-16: which records of the modules are about whom. Its key makes a report that comes again change nothing.</summary>
internal sealed class CustomerSubject
{
    public required string SubjectKind { get; init; }

    public required Guid SubjectId { get; init; }

    public required Guid CustomerId { get; init; }

    public required Instant LinkedAt { get; init; }
}

/// <summary>ORG-16: what somebody agrees to.</summary>
internal enum ConsentPurpose
{
    /// <summary>服务来电: being called about a service.</summary>
    ServiceCalls,

    /// <summary>营销: being told of offers.</summary>
    Marketing,
}

/// <summary>ORG-16: the way consent was given or withdrawn.</summary>
internal enum ConsentWay
{
    /// <summary>电话.</summary>
    Phone,

    /// <summary>书面.</summary>
    InWriting,

    /// <summary>当面.</summary>
    InPerson,

    /// <summary>微信.</summary>
    Wechat,

    /// <summary>网站或 App.</summary>
    Online,

    /// <summary>电子邮件.</summary>
    Email,
}

/// <summary>ORG-16: consent to one purpose was given or withdrawn. Append-only: what counts is the latest.</summary>
internal sealed class CustomerConsent
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid CustomerId { get; init; }

    public required ConsentPurpose Purpose { get; init; }

    /// <summary>False when it was withdrawn.</summary>
    public required bool Given { get; init; }

    public required ConsentWay Way { get; init; }

    /// <summary>When the customer said so.</summary>
    public required Instant At { get; init; }

    /// <summary>Who wrote it down.</summary>
    public required string RecordedBy { get; init; }
}
