using System.Text;
using CsCheck;
using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class ServiceNameVariableTests
{
    [Theory]
    [InlineData("PATH=/bin;OTEL_SERVICE_NAME=checkout;HOME=/", "checkout")]
    [InlineData("OTEL_SERVICE_NAME= shop api ", "shop api")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=service.name=cart,service.version=2", "cart")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=deployment.environment=prod, service.name=shop%20api", "shop api")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=service.name=cart;OTEL_SERVICE_NAME=checkout", "checkout")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=service.name=cart;OTEL_SERVICE_NAME=", "cart")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES=my.service.name=cart", "")]
    [InlineData("OTEL_SERVICE_NAME=unknown_service:java", "")]
    [InlineData("MY_OTEL_SERVICE_NAME=checkout", "")]
    [InlineData("OTEL_SERVICE_NAME=a\nb", "")]
    [InlineData("OTEL_SERVICE_NAME", "")]
    [InlineData("DB_PASSWORD=hunter2", "")]
    [InlineData("", "")]
    public void Only_the_services_name_is_taken(string environment, string expected) =>
        Assert.Equal(expected, ServiceNameVariable.Find(Encoding.UTF8.GetBytes(environment.Replace(';', '\0') + "\0")));

    [Fact]
    public void A_variable_that_is_cut_off_or_too_long_is_not_taken()
    {
        Assert.Equal("", ServiceNameVariable.Find("A=1\0OTEL_SERVICE_NAME=check"u8));
        Assert.Equal("", ServiceNameVariable.Find(Encoding.UTF8.GetBytes($"OTEL_SERVICE_NAME={new string('a', 129)}\0")));
    }

    [Fact]
    public void Whatever_an_environment_holds_nothing_throws() =>
        Gen.Byte.Array[0, 300].Sample(bytes => ServiceNameVariable.Find([.. "OTEL_RESOURCE_ATTRIBUTES=service.name="u8, .. bytes, 0]), iter: 2000, threads: 1);
}
