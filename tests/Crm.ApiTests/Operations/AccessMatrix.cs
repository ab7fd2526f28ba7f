using System.Text;
using Crm.Shared.Access;

namespace Crm.ApiTests.Operations;

/// <summary>ORG-03: in what somebody holds a role, as seen from something of the project <c>demo</c>.</summary>
public enum Holding
{
    /// <summary>In the whole group.</summary>
    Group,

    /// <summary>In the company of the project.</summary>
    Company,

    /// <summary>In the area of the project.</summary>
    Area,

    /// <summary>In the project.</summary>
    Project,

    /// <summary>In another project, of another company.</summary>
    Elsewhere,
}

/// <summary>ORG-02: a role of the demo company.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tier">How wide it may be held.</param>
/// <param name="Permissions">What it grants; "*" for everything.</param>
public sealed record DemoRole(string Name, string Tier, IReadOnlyList<string> Permissions)
{
    /// <summary>In what it can be held.</summary>
    public IEnumerable<Holding> Holdings => Enum.GetValues<Holding>().Where(h => (Tier, h) is not (("company" or "project"), Holding.Group) and not ("project", Holding.Company));

    /// <summary>True when it grants the permission.</summary>
    public bool Grants(string permission) => Permissions.Contains("*") || Permissions.Contains(permission);
}

/// <summary>ORG-03: who gets how far with which endpoint: endpoint × role × scope.</summary>
public static class AccessMatrix
{
    /// <summary>What is answered to who holds the role so and asks about something of the project <c>demo</c>: 200 stands for being let in.</summary>
    public static int Expected(HostEndpoint endpoint, DemoRole role, Holding holding) => (endpoint, holding) switch
    {
        _ when endpoint.Permission is null || !role.Grants(endpoint.Permission) => 403,
        ({ Everywhere: true }, not Holding.Group) => 403,
        ({ OnesOwn: true }, _) or ({ NamesSomething: true }, Holding.Elsewhere) => 404,
        _ => 200,
    };

    /// <summary>The table that is committed.</summary>
    public static string Write(IReadOnlyList<HostEndpoint> endpoints, IReadOnlyList<DemoRole> roles)
    {
        var page = new StringBuilder("""
            # Who may do what

            Made from the endpoints' metadata and the demo company's roles, and proved through HTTP for every cell (`AccessMatrixTests`). Each call is
            about something of the project `demo`, or lists what is the caller's to see.

            A cell says how far somebody with the role comes who holds it **in the group / in the company, the area or the project itself / in another
            project**: `+` they are let in, `403` they lack the right (or hold it in too few projects, where it is asked for in all: **all** behind the
            permission), `404` what they ask about is not theirs to see, or is
            another person's own, `–` the role cannot be held so wide. Without any role every endpoint answers
            403, without signing in 401.


            """);
        page.Append("| endpoint | permission |").AppendJoin('|', roles.Select(r => $" {r.Name} ")).Append("|\n|---|---|").Append(string.Concat(roles.Select(_ => "---|"))).Append('\n');
        foreach (var endpoint in endpoints)
        {
            page.Append($"| {endpoint.Method} `{endpoint.Path["/api/v1".Length..]}` | `{endpoint.Permission}`{(endpoint.Everywhere ? " **all**" : "")} |")
                .AppendJoin('|', roles.Select(role => $" {Cell(endpoint, role)} ")).Append("|\n");
        }

        return page.ToString();
    }

    /// <summary>The catalogue of permissions that is committed.</summary>
    public static string Write(IEnumerable<Permission> catalogue, IReadOnlyList<HostEndpoint> endpoints)
    {
        var page = new StringBuilder("""
            # Permissions

            Made from the code. A role or an API key grants permissions; every endpoint asks for one of them. Those that no endpoint asks for decide what
            an answer shows.

            | permission | lets somebody | 中文 | endpoints |
            |---|---|---|---|

            """);
        foreach (var permission in catalogue.OrderBy(p => p.Name, StringComparer.Ordinal))
            page.Append($"| `{permission.Name}` | {permission.Meaning.En} | {permission.Meaning.Zh} | {string.Join(", ", endpoints.Where(e => e.Permission == permission.Name).Select(e => e.Id))} |\n");
        return page.ToString();
    }

    private static string Cell(HostEndpoint endpoint, DemoRole role) => string.Join(" / ", new[] { Holding.Group, Holding.Project, Holding.Elsewhere }
        .Select(holding => !role.Holdings.Contains(holding) ? "–" : Expected(endpoint, role, holding) is var status && status == 200 ? "+" : $"{status}"));
}
