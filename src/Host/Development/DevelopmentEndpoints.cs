using Crm.Host.Access;
using Crm.Shared;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Crm.Shared.Time;
using FluentValidation;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NodaTime;

namespace Crm.Host.Development;

/// <param name="Staff">A staff code, e.g. demo.admin.</param>
internal sealed record TokenBody(string Staff);

/// <param name="Token">A bearer token that says who, not what they may; good for 7 days.</param>
internal sealed record TokenAnswer(string Token);

/// <param name="Now">Put the clock here …</param>
/// <param name="Advance">… or move it on by this much (ISO 8601, e.g. PT24H).</param>
internal sealed record ClockBody(Instant? Now = null, Duration? Advance = null);

/// <param name="Now">Where the domain clock stands.</param>
/// <param name="Handled">Deadlines that this walk let ring and events it delivered; the hosts' own jobs may have done others first.</param>
/// <param name="Parked">Events set aside for an operator.</param>
internal sealed record ClockAnswer(Instant Now, long Handled, long Parked);

internal sealed class TokenBodyValidator : AbstractValidator<TokenBody>
{
    public TokenBodyValidator() => RuleFor(b => b.Staff).NotEmpty().MaximumLength(100);
}

internal sealed class ClockBodyValidator : AbstractValidator<ClockBody>
{
    public ClockBodyValidator()
    {
        RuleFor(b => b.Now).NotNull().When(b => b.Advance is null).WithMessage(_ => new Text("give now or advance", "请提供 now 或 advance").Localized);
        RuleFor(b => b.Advance).Null().When(b => b.Now is not null).WithMessage(_ => new Text("give now or advance, not both", "now 与 advance 只能提供一个").Localized);
        RuleFor(b => b.Advance).Must(a => a is null || (a >= Duration.Zero && a <= Duration.FromDays(3650))).WithMessage(_ => new Text("must be between PT0S and ten years", "应在 0 到十年之间").Localized);
    }
}

/// <summary>What only the environment Development has: a token for anybody, and a clock that can be put anywhere. Not even mapped elsewhere.</summary>
internal static class DevelopmentEndpoints
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(7);

    public static void AddDevelopment(this IServiceCollection services)
    {
        services.AddTestClock();
        services.AddValidator(typeof(IValidator<TokenBody>), typeof(TokenBodyValidator));
        services.AddValidator(typeof(IValidator<ClockBody>), typeof(ClockBodyValidator));
    }

    public static void MapDevelopment(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("/dev").WithTags("Development").AllowAnonymous();
        routes.MapPost("/token", (Body<TokenBody> body, KeyRing keys) => Results.Json(new TokenAnswer(TokenFor(body.Value.Staff, keys)), CrmJson.Options))
            .Tells<TokenAnswer>("createDevelopmentToken", "A token for a member of staff", "Development only. The token's lifetime is real time; it holds over restarts and on every host.")
            .Example(new { staff = "demo.admin" });
        routes.MapGet("/clock", async (ClockWalk walk, CancellationToken ct) => Results.Json(await StandsAsync(walk, ct), CrmJson.Options))
            .Tells<ClockAnswer>("getDevelopmentClock", "Where the domain clock stands", "Real time until somebody sets it; then it stands still for all hosts.");
        routes.MapPost("/clock", async (Body<ClockBody> body, ClockWalk walk, CancellationToken ct) =>
            {
                var walked = await walk.ToAsync(now => body.Value.Now ?? now + body.Value.Advance!.Value, ct);
                return Results.Json(new ClockAnswer(walked.Now, walked.Handled, walked.Parked), CrmJson.Options, statusCode: walked.Arrived ? 200 : 504);
            })
            .Tells<ClockAnswer>("setDevelopmentClock", "Set or advance the domain clock", "Walks through every due instant in order, letting deadlines ring and events arrive. 409 before anything recorded; 504 after 50 s with how far it came: ask again to go on.")
            .Produces<ClockAnswer>(504, "application/json")
            .Example(new { advance = "PT24H" });
    }

    private static async Task<ClockAnswer> StandsAsync(ClockWalk walk, CancellationToken ct)
    {
        var stands = await walk.StandAsync(ct);
        return new ClockAnswer(stands.Now, stands.Handled, stands.Parked);
    }

    private static string TokenFor(string staff, KeyRing keys)
    {
        var issued = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = SignIn.DevelopmentIssuer, Audience = SignIn.DevelopmentIssuer, Claims = new Dictionary<string, object> { ["sub"] = staff },
            IssuedAt = issued, NotBefore = issued, Expires = issued + TokenLifetime,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(keys.DevelopmentTokenKey), SecurityAlgorithms.HmacSha256),
        });
    }
}
