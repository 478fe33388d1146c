using System.Text.Json;

namespace Tendril.Operator.Tests.Api;

/// <summary>Compares JSON with what an OpenAPI document says of it, as far as ours goes. Faults are told with their place.</summary>
internal sealed class Schema(JsonElement document)
{
    public static async Task<Schema> OfAsync(TestOperator test) => new(await test.JsonAsync("/openapi/v1.json"));

    public void Describes(string name, JsonElement value) => Assert.Empty(Faults(document.GetProperty("components").GetProperty("schemas").GetProperty(name), value, name));

    private IEnumerable<string> Faults(JsonElement schema, JsonElement value, string at)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            return Faults(document.GetProperty("components").GetProperty("schemas").GetProperty(name), value, at);
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            var all = choices.EnumerateArray().Select(choice => Faults(choice, value, at).ToList()).ToList();
            return all.Count(faults => faults.Count == 0) == 1 ? [] : all[^1].Append($"{at}: fits not exactly one of {all.Count}");
        }

        var own = OfItself(schema, value, at).ToList();
        return own.Count > 0 ? own : OfParts(schema, value, at);
    }

    private static IEnumerable<string> OfItself(JsonElement schema, JsonElement value, string at)
    {
        var types = schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several ? several.EnumerateArray().Select(t => t.GetString()!).ToList() : [schema.GetProperty("type").GetString()!];
        var type = value.ValueKind switch
        {
            JsonValueKind.Null => "null",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => value.TryGetInt64(out _) && types.Contains("integer") ? "integer" : "number",
            _ => value.ValueKind.ToString().ToLowerInvariant(),
        };
        if (!types.Contains(type))
        {
            yield return $"{at}: is {type}, not {string.Join(" or ", types)}";
        }

        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
        {
            yield return $"{at}: {value} is none of {words}";
        }
    }

    private IEnumerable<string> OfParts(JsonElement schema, JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().SelectMany((item, i) => Faults(schema.GetProperty("items"), item, $"{at}[{i}]"));
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        if (schema.TryGetProperty("additionalProperties", out var values))
        {
            return value.EnumerateObject().SelectMany(field => Faults(values, field.Value, $"{at}.{field.Name}"));
        }

        var (known, required) = (schema.GetProperty("properties"), schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ToList());
        return value.EnumerateObject()
            .SelectMany(field => known.TryGetProperty(field.Name, out var part) ? Faults(part, field.Value, $"{at}.{field.Name}") : [$"{at}.{field.Name}: is not described"])
            .Concat(required.Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{at}.{name}: is missing"))
            .Concat(known.EnumerateObject().Where(field => !required.Contains(field.Name)).Select(field => $"{at}.{field.Name}: is said to be left out at times"));
    }
}
