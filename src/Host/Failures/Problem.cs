using Crm.Shared.Privacy;

namespace Crm.Host.Failures;

/// <summary>An error, as every operation answers it (RFC 9457).</summary>
/// <param name="Type">A URN that names the kind of problem, or the broken rule: <c>urn:crm:problem:CMP-19</c>.</param>
/// <param name="Title">The kind of problem in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong and what would be right, in the language asked for.</param>
/// <param name="TraceId">Quote it when you ask for help.</param>
/// <param name="Rule">The broken rule of the catalogue; null for other problems.</param>
/// <param name="Allowed">What would be accepted instead; null where that is not a list.</param>
/// <param name="Errors">For 400: what is wrong, by field, parameter or header; null for other problems.</param>
[NotPersonal("what is wrong with a request, without its values", "Detail")]
internal sealed record Problem(
    string Type, string Title, int Status, string Detail, string TraceId, string? Rule, IReadOnlyList<string>? Allowed, IReadOnlyDictionary<string, string[]>? Errors);
