using Tendril.Agent.Capture;

namespace Tendril.Agent.Dependencies;

/// <summary>The paths that addresses of transport Unix stand for. Bounded; what is left out has an empty path.</summary>
internal sealed class UnixPaths
{
    private const int Max = 16_384;
    private readonly Dictionary<Address, string> _paths = [];

    public void Learn(in Address endpoint, string path)
    {
        if (_paths.Count < Max)
        {
            _paths[endpoint] = path;
        }
    }

    public string Find(in Address endpoint) => _paths.GetValueOrDefault(endpoint, "");
}
