using System.Globalization;

namespace Tendril.Demo.Traffic;

/// <summary>How much traffic. A run is always bounded, by requests or by seconds.</summary>
/// <param name="Requests">How many requests; by default 100, 1 to 1,000,000; ignored when <paramref name="Duration"/> is set.</param>
/// <param name="Duration">How long; null: as long as the requests take.</param>
/// <param name="Rate">Requests a second, by default 20, 1 to 1,000.</param>
internal sealed record TrafficOptions(int Requests, TimeSpan? Duration, int Rate)
{
    public static bool TryParse(string[] args, out TrafficOptions options, out string error)
    {
        options = new TrafficOptions(100, null, 20);
        for (var i = 0; i < args.Length; i += 2)
        {
            var limit = args[i] switch { "--requests" => 1_000_000, "--seconds" => 86_400, "--rate" => 1_000, _ => 0 };
            if (limit == 0)
            {
                error = $"'{args[i]}' is not an option of traffic; there are --requests, --seconds and --rate.";
                return false;
            }

            if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1 || value > limit)
            {
                error = $"{args[i]} needs a whole number from 1 to {limit}.";
                return false;
            }

            options = args[i] switch
            {
                "--requests" => options with { Requests = value },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(value) },
                _ => options with { Rate = value },
            };
        }

        error = "";
        return true;
    }
}
