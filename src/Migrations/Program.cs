using Crm.Complaints.Data;
using Crm.FollowUps.Data;
using Crm.Organization.Data;
using Crm.Shared.Data;
using Crm.Shared.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

return;

internal static class Offline
{
    public static DbContextOptions<TDb> Options<TDb>(string schema) where TDb : DbContext => ModuleRegistration.Options<TDb>("Host=nowhere", schema);
}

internal sealed class PlatformFactory : IDesignTimeDbContextFactory<PlatformDb>
{
    public PlatformDb CreateDbContext(string[] args) => new(Offline.Options<PlatformDb>(PlatformDb.Schema));
}

internal sealed class OrganizationFactory : IDesignTimeDbContextFactory<OrganizationDb>
{
    public OrganizationDb CreateDbContext(string[] args) => new(Offline.Options<OrganizationDb>("organization"));
}

internal sealed class ComplaintsFactory : IDesignTimeDbContextFactory<ComplaintsDb>
{
    public ComplaintsDb CreateDbContext(string[] args) => new(Offline.Options<ComplaintsDb>("complaints"));
}

internal sealed class FollowUpsFactory : IDesignTimeDbContextFactory<FollowUpsDb>
{
    public FollowUpsDb CreateDbContext(string[] args) => new(Offline.Options<FollowUpsDb>("followups"));
}
