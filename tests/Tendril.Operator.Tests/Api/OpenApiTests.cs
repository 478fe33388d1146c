using System.Reflection;

namespace Tendril.Operator.Tests.Api;

/// <summary>The dashboard's types are made of dashboard/openapi.json, so that must be what the operator says of itself.</summary>
public class OpenApiTests
{
    private const string Renew = "TENDRIL_UPDATE_GOLDEN=1 dotnet test --project tests/Tendril.Operator.Tests -c Release --filter-class '*.OpenApiTests'";
    private static readonly string Kept = Path.Combine(
        typeof(OpenApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "dashboard/openapi.json");

    [Fact]
    public async Task The_kept_document_is_the_operators()
    {
        await using var test = await TestOperator.StartAsync();
        var told = await test.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken) + "\n";
        if (Environment.GetEnvironmentVariable("TENDRIL_UPDATE_GOLDEN") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Kept, told, TestContext.Current.CancellationToken);
        }

        Assert.True(
            File.Exists(Kept) && await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken) == told,
            $"dashboard/openapi.json is not what the operator's /openapi/v1.json says. Renew it, read the difference and build the dashboard anew: {Renew}");
    }
}
