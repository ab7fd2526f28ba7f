using System.Globalization;
using System.Threading.RateLimiting;
using Crm.Host.Failures;
using Crm.Host.Settings;
using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Host.Access;

/// <summary>Rate limits per caller and host, in real time: a burst of a call-centre passes, a runaway client does not starve the others.</summary>
internal static class CallerLimits
{
    public static void AddCallerLimits(this IServiceCollection services, CrmSettings settings) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.Request.Path.StartsWithSegments("/health")
                ? RateLimitPartition.GetNoLimiter("health")
                : RateLimitPartition.GetTokenBucketLimiter(
                    context.Features.Get<Caller>()?.Subject ?? $"address:{context.Connection.RemoteIpAddress}",
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = settings.RateLimit.Burst, TokensPerPeriod = Math.Max(1, settings.RateLimit.PerSecond / 10), ReplenishmentPeriod = TimeSpan.FromMilliseconds(100), QueueLimit = 0,
                    }));
        limiter.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
            rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await Problems.WriteAsync(rejected.HttpContext, 429, new Text(
                $"More than {settings.RateLimit.Burst} requests at once: wait {wait} s.", $"瞬时请求超过 {settings.RateLimit.Burst} 次，请等待 {wait} 秒。"));
        };
    });
}
