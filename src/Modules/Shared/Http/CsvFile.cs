using System.Reflection;
using System.Text;
using Crm.Shared.Failures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Crm.Shared.Http;

/// <summary>Endpoint metadata: it takes a CSV file for its body, larger than other bodies may be.</summary>
public sealed record TakesCsv(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

/// <summary>
/// A CSV file as the body: UTF-8 with or without a byte order mark, or GB18030 (and so GBK and GB2312), which is what spreadsheets in China
/// save. Text that is valid UTF-8 is taken for it: Chinese in GB18030 hardly ever is. A charset in the content type is believed.
/// </summary>
public sealed class CsvFile : IBindableFromHttpContext<CsvFile>, IEndpointParameterMetadataProvider
{
    /// <summary>How large a file may be.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private const string MediaType = "text/csv";
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    private CsvFile(string text) => Text = text;

    /// <summary>The file's text, without a byte order mark.</summary>
    public string Text { get; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="NotFound">What the path names is not the caller's to see.</exception>
    /// <exception cref="Malformed">It is no CSV file, or in an encoding that cannot be told.</exception>
    public static async ValueTask<CsvFile?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostBytes;
        var raw = await RawBody.ReadAsync(context);
        var refused = !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
            ? Malformed.Field("Content-Type", new Text("must be text/csv", "必须是 text/csv"))
            : null;
        var text = refused is null ? Decode(raw, type!.Charset.Value?.Trim('"')) : null;
        if (text is not null) return new CsvFile(text);
        await Visibility.EnsureAsync(context);
        throw refused ?? Malformed.Field("$", new Text("must be CSV in UTF-8 or GB18030, as the charset of Content-Type says where it says one", "应为 UTF-8 或 GB18030 编码的 CSV，且与 Content-Type 的 charset 一致"));
    }

    /// <summary>Tells OpenAPI that the body is a file.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata([], typeof(string)));
        builder.Metadata.Add(new TakesCsv(MostBytes));
    }

    /// <summary>The text of these bytes; null when they are none in an encoding that is known here.</summary>
    /// <param name="raw">The file.</param>
    /// <param name="charset">The encoding the sender names; null where none is named.</param>
    public static string? Decode(byte[] raw, string? charset = null) => charset?.ToLowerInvariant() switch
    {
        null => TryDecode(Utf8, raw) ?? TryDecode(Gb18030, raw),
        "utf-8" or "utf8" => TryDecode(Utf8, raw),
        "gb18030" or "gbk" or "gb2312" => TryDecode(Gb18030, raw),
        _ => null,
    };

    private static string? TryDecode(Encoding encoding, byte[] raw)
    {
        try
        {
            return encoding.GetString(raw).TrimStart('\uFEFF') is var text && !text.Contains('\0') ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
