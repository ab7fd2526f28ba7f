using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: a customer in short, as an agent needs them while the phone rings.</summary>
/// <param name="Id">The customer.</param>
/// <param name="Name">Their name; null for somebody who never left one.</param>
/// <param name="Contacts">Their phones, the one to call first first.</param>
/// <param name="Homes">The homes they have to do with.</param>
/// <param name="Projects">The codes of the projects they have to do with.</param>
/// <param name="Consent">What they said last of each purpose they were asked about.</param>
/// <param name="Grade">Their grade.</param>
/// <param name="KnownSince">When they became known.</param>
internal sealed record CallerCard(
    Guid Id, [property: Personal(Datum.CustomerName, Guard.InScope)] string? Name, IReadOnlyList<CallerContact> Contacts, IReadOnlyList<CallerHome> Homes, IReadOnlyList<string> Projects, IReadOnlyList<CallerConsent> Consent, CustomerGrade Grade,
    Instant KnownSince)
{
    // One statement and one round trip, past the context: this is asked while somebody waits on the line.
    private const string Sql = """
        SELECT c.id, c.name_sealed, c.first_phone, c.grade, c.known_since, f.ids, f.phones, p.projects, h.projects, h.buildings, h.units, h.capacities, s.purposes, s.given
        FROM organization.customer_phones calling JOIN organization.customers c ON c.id = calling.customer_id
        CROSS JOIN LATERAL (SELECT array_agg(id ORDER BY added_at, id) AS ids, array_agg(phone_sealed ORDER BY added_at, id) AS phones
                            FROM organization.customer_phones WHERE customer_id = c.id) AS f
        CROSS JOIN LATERAL (SELECT array_agg(project ORDER BY project) AS projects FROM organization.customer_projects WHERE customer_id = c.id) AS p
        CROSS JOIN LATERAL (SELECT array_agg(project ORDER BY since, id) AS projects, array_agg(building ORDER BY since, id) AS buildings,
                                   array_agg(unit ORDER BY since, id) AS units, array_agg(capacity ORDER BY since, id) AS capacities
                            FROM organization.customer_homes WHERE customer_id = c.id) AS h
        CROSS JOIN LATERAL (SELECT array_agg(purpose) AS purposes, array_agg(given) AS given FROM (
                                SELECT DISTINCT ON (purpose) purpose, given FROM organization.customer_consents
                                WHERE customer_id = ANY (ARRAY(SELECT id FROM organization.customers WHERE merged_into = c.id) || c.id)
                                ORDER BY purpose, at DESC, id DESC) AS last) AS s
        WHERE calling.phone_index = ANY ($1)
        """;

    /// <summary>The customer of a phone, as somebody may see them; null where there is none, or none of their projects is in the scope.</summary>
    /// <param name="source">The module's connections.</param>
    /// <param name="keys">What they are sealed with.</param>
    /// <param name="phone">The phone.</param>
    /// <param name="scope">Where customers may be seen.</param>
    /// <param name="inFull">Where phones may be seen in full.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="KeyNotHere">This host lacks the key by which they might be found.</exception>
    public static Task<CallerCard?> FindAsync(NpgsqlDataSource source, KeyRing keys, Phone phone, ProjectScope scope, ProjectScope inFull, CancellationToken ct) =>
        source.FindAsync(OrganizationModule.Schema, keys, phone.E164, indexes => ReadAsync(source, keys, indexes, scope, inFull, ct), ct);

    private static async Task<CallerCard?> ReadAsync(NpgsqlDataSource source, KeyRing keys, byte[][] indexes, ProjectScope scope, ProjectScope inFull, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = indexes });
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        T[] List<T>(int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<T[]>(column);
        var (id, projects) = (row.GetGuid(0), List<string>(7));
        if (!scope.Everywhere && !projects.Any(scope.Includes)) return null;
        Guid? first = row.IsDBNull(2) ? null : row.GetGuid(2);
        var showsAll = projects.Any(inFull.Includes);
        var contacts = List<Guid>(5).Zip(List<byte[]>(6), (contact, sealedPhone) =>
        {
            var number = new Phone(keys.Unseal(sealedPhone, CustomerPhone.Place(contact)));
            return new CallerContact(contact, showsAll ? number.E164 : number.Masked, contact == first);
        });
        var (homes, buildings, units, capacities) = (List<string>(8), List<string?>(9), List<string?>(10), List<string?>(11));
        return new CallerCard(
            id, row.IsDBNull(1) ? null : keys.Unseal(row.GetFieldValue<byte[]>(1), Customer.Place(id, "name")), [.. contacts.OrderBy(c => !c.First)],
            [.. homes.Select((project, i) => new CallerHome(project, buildings[i], units[i], Word<HomeCapacity>(capacities[i])))], projects,
            [.. List<string>(12).Zip(List<bool>(13), (purpose, given) => new CallerConsent(Word<ConsentPurpose>(purpose)!.Value, given))],
            Word<CustomerGrade>(row.GetString(3))!.Value, Instant.FromDateTimeUtc(row.GetDateTime(4)));
    }

    private static TWord? Word<TWord>(string? text) where TWord : struct, Enum => text is null ? null : Enum.Parse<TWord>(text, ignoreCase: true);
}

/// <param name="Id">What it is named by.</param>
/// <param name="Phone">The phone in E.164: in full with the permission complaints.see-phones in one of the customer's projects, otherwise masked.</param>
/// <param name="First">The one to call first.</param>
internal sealed record CallerContact(Guid Id, [property: Personal(Datum.CustomerPhone, Guard.Masked, Unless = "complaints.see-phones")] string Phone, bool First);

/// <param name="Project">The project's code.</param>
/// <param name="Building">Building.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Capacity">In which capacity; null while nobody has said.</param>
internal sealed record CallerHome(string Project, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Building, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Unit, HomeCapacity? Capacity);

/// <param name="Purpose">What they were asked about.</param>
/// <param name="Given">False when it was withdrawn.</param>
internal sealed record CallerConsent(ConsentPurpose Purpose, bool Given);
