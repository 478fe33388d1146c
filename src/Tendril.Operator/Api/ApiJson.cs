using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tendril.Graph;

namespace Tendril.Operator.Api;

/// <summary>All JSON that the operator writes, generated at build time: camelCase, null fields written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GraphHead))]
[JsonSerializable(typeof(GraphContents))]
[JsonSerializable(typeof(GraphStats))]
[JsonSerializable(typeof(GraphDocument))]
[JsonSerializable(typeof(GraphChanges))]
[JsonSerializable(typeof(GraphChangesDocument))]
[JsonSerializable(typeof(OperatorStats))]
[JsonSerializable(typeof(MetricsDocument))]
[JsonSerializable(typeof(ImpactDocument))]
[JsonSerializable(typeof(EdgeDocument))]
[JsonSerializable(typeof(EdgesDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(HeartbeatDocument))]
[JsonSerializable(typeof(FlowDocument))]
[JsonSerializable(typeof(LostFlowsDocument))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(MarksDocument))]
[JsonSerializable(typeof(MarkRequest))]
[JsonSerializable(typeof(JoinTokenRequest))]
[JsonSerializable(typeof(JoinTokenDocument))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(HttpValidationProblemDetails))]
[JsonSerializable(typeof(ProblemHttpResult))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int?))]
internal sealed partial class ApiJson : JsonSerializerContext;
