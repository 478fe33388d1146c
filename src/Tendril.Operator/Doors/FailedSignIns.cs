using System.Net;
using System.Net.Sockets;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Doors;

/// <summary>Wrong tokens, by the address that they came from: ten at once, then one each six seconds. Until then nothing more is looked at.</summary>
internal sealed partial class FailedSignIns(Rejections rejections, TimeProvider clock, ILogger<FailedSignIns> log)
{
    public const int AtOnce = 10;
    public static readonly TimeSpan OneEach = TimeSpan.FromSeconds(6);

    private const int MostAddresses = 4_096;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Allowance> _allowances = [];

    /// <summary>For all addresses beyond those that are held.</summary>
    private readonly Allowance _others = new(1 / OneEach.TotalSeconds, AtOnce, clock);

    /// <summary>Nothing from there is looked at for now.</summary>
    public bool IsBlocked(IPAddress? address)
    {
        lock (_lock)
        {
            return Of(address, add: false)?.IsEmpty == true;
        }
    }

    /// <summary>A token from there was wrong.</summary>
    public void Count(IPAddress? address)
    {
        rejections.Add(Rejections.SignIn);
        lock (_lock)
        {
            var allowance = Of(address, add: true)!;
            allowance.TryTake(1);
            if (allowance.IsEmpty)
            {
                Log.Blocked(log, address, OneEach.TotalSeconds);
            }
        }
    }

    private Allowance? Of(IPAddress? address, bool add)
    {
        var key = KeyOf(address);
        if (_allowances.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_allowances.Count >= MostAddresses)
        {
            Forget();
        }

        if (_allowances.Count >= MostAddresses)
        {
            return _others;
        }

        return add ? _allowances[key] = new(1 / OneEach.TotalSeconds, AtOnce, clock) : null;
    }

    private void Forget()
    {
        foreach (var (address, _) in _allowances.Where(pair => pair.Value.IsFull).ToList())
        {
            _allowances.Remove(address);
        }
    }

    /// <summary>One subscriber has a whole /64 of IPv6.</summary>
    private static IPAddress KeyOf(IPAddress? address)
    {
        if (address is null || address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address?.MapToIPv4() ?? IPAddress.None;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Address} sent too many wrong tokens; one more is looked at each {Seconds} s.", EventName = nameof(Blocked))]
        public static partial void Blocked(ILogger logger, IPAddress? address, double seconds);
    }
}
