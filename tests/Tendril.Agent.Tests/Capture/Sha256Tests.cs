using System.Security.Cryptography;
using Tendril.Agent.Capture;

namespace Tendril.Agent.Tests.Capture;

public sealed class Sha256Tests
{
    [Fact]
    public void Gives_what_the_base_library_gives_for_every_length_around_a_block()
    {
        var random = new Random(1);
        Span<byte> hash = stackalloc byte[Sha256.HashBytes];
        for (var length = 0; length < 300; length++)
        {
            var data = new byte[length];
            random.NextBytes(data);
            Sha256.Hash(data, hash);
            Assert.Equal(SHA256.HashData(data), hash.ToArray());
        }
    }
}
