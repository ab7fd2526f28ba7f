using System.Net.Http.Json;
using System.Text.Json;

namespace Crm.Build.Hosting;

/// <summary>What a newcomer pastes first: a token, and a complaint posted with it.</summary>
internal static class FirstCall
{
    /// <summary>A token of the demo company's administrator, who may do everything.</summary>
    /// <exception cref="ToolFailureException">The host gives none.</exception>
    public static async Task<string> TokenAsync(Uri host, CancellationToken ct)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(new Uri(host, "/dev/token"), new { staff = "demo.admin" }, ct);
        if (!answer.IsSuccessStatusCode)
            throw new ToolFailureException(
                $"{host}dev/token answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return body.GetProperty("token").GetString()!;
    }

    /// <summary>A curl command that posts a complaint; its key is new each time, so it is answered 201 each time.</summary>
    public static string Curl(Uri host, string token) => $$"""
        curl -i {{host}}api/v1/complaints \
          -H 'Authorization: Bearer {{token}}' \
          -H 'Idempotency-Key: first-call-{{Guid.NewGuid().ToString("N")[..8]}}' \
          -H 'Content-Type: application/json' \
          -d '{"project":"demo","kind":"complaint","channel":"hotline","content":"The lift in building 3 stops between floors."}'
        """;
}
