using Crm.Organization.Mail;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record CodedAnswer(string Code, int Version) : IVersioned
{
    /// <summary>The answer of a command that has made a part of the organization.</summary>
    public static Answer<CodedAnswer> Made(Part part, string kind, string path, string? project, Instant at) => new(
        201, new CodedAnswer(part.Code, part.Version), new Deed(kind, part.Code, project, at), part.Version, $"/api/v1/{path}/{part.Code}");

    /// <summary>The answer of a command that has edited one.</summary>
    public static Answer<CodedAnswer> Edited(Part part, string kind, string? project, Instant at) =>
        new(200, new CodedAnswer(part.Code, part.Version), new Deed(kind, part.Code, project, at), part.Version);
}

/// <summary>How codes and names may look.</summary>
internal static class Naming
{
    /// <summary>A code as addresses carry it: small letters, digits and hyphens.</summary>
    public static IRuleBuilderOptions<T, string> IsCode<T>(this IRuleBuilder<T, string> rule) => rule.MaximumLength(50).Matches("^[a-z0-9](-?[a-z0-9])*$")
        .WithMessage(_ => new Text("must be small letters and digits, with single hyphens between them", "应为小写字母和数字，可用单个连字符分隔").Localized);

    /// <summary>A staff code: letters and digits of the Latin alphabet, with dots, hyphens and underscores between them.</summary>
    public static IRuleBuilderOptions<T, string> IsStaffCode<T>(this IRuleBuilder<T, string> rule) => rule.MaximumLength(100).Matches("^[A-Za-z0-9]([._-]?[A-Za-z0-9])*$")
        .WithMessage(_ => new Text("must be Latin letters and digits, with single dots, hyphens or underscores between them", "应为拉丁字母和数字，可用单个点、连字符或下划线分隔").Localized);

    /// <summary>An e-mail address and nothing else: no name beside it, no second one, nothing masked.</summary>
    public static IRuleBuilderOptions<T, string?> IsEmail<T>(this IRuleBuilder<T, string?> rule) => rule.Must(address => address is null || EmailAddress.IsOne(address))
        .WithMessage(_ => new Text("must be one e-mail address such as chen@example.com", "应为一个电子邮件地址，如 chen@example.com").Localized);

    /// <summary>A name that people read.</summary>
    public static IRuleBuilderOptions<T, string> IsName<T>(this IRuleBuilder<T, string> rule) => rule.NotEmpty().MaximumLength(200);
}
