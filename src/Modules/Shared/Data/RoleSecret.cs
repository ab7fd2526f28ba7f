using System.Security.Cryptography;
using System.Text;

namespace Crm.Shared.Data;

/// <summary>The one secret from which the passwords of all runtime roles are derived: HMAC-SHA256 over the role's name.</summary>
public sealed class RoleSecret(byte[] secret)
{
    /// <summary>The password of a role.</summary>
    public string PasswordOf(string role) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(role)));
}
