using System.Text.Json.Serialization;
using Tendril.Graph;

namespace Tendril.Benchmarks;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GraphSnapshot))]
internal sealed partial class GraphJson : JsonSerializerContext;
