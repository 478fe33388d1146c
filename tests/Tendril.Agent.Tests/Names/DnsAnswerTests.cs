using System.Buffers.Binary;
using System.Text;
using Tendril.Agent.Capture;
using Tendril.Agent.Names;

namespace Tendril.Agent.Tests.Names;

/// <summary>DNS answers, good and hostile.</summary>
public sealed class DnsAnswerTests
{
    [Fact]
    public void The_name_that_was_asked_for_stands_for_the_address_at_the_end_of_the_aliases()
    {
        var message = new Message("API.Example.com", 1)
            .Alias("api.example.com", "edge.cdn.example.net", 300)
            .Alias("edge.cdn.example.net", "pop7.cdn.example.net", 60)
            .Address("pop7.cdn.example.net", "203.0.113.7", 20)
            .Address("pop7.cdn.example.net", "2001:db8::7", 90);

        Assert.Equal(["api.example.com 203.0.113.7 20", "api.example.com 2001:db8::7 20"], Read(message.Bytes));
    }

    [Fact]
    public void What_does_not_hang_together_with_the_question_is_passed_over()
    {
        var message = new Message("a.example", 1).Address("bank.example", "203.0.113.9", 20).Address("a.example", "203.0.113.1", 20);

        Assert.Equal(["a.example 203.0.113.1 20"], Read(message.Bytes));
    }

    [Fact]
    public void An_alias_that_is_not_all_of_its_data_leads_nowhere()
    {
        var bytes = new Message("a.example", 1).Alias("a.example", "b.example", 300).Address("b.example", "203.0.113.1", 20).Bytes.ToList();
        int alias = bytes.ToArray().AsSpan().IndexOf("\u0001b\u0007example"u8), length = "b.example".Length + 2;
        Assert.Single(Read([.. bytes]));
        bytes[alias - 1]++;
        bytes.Insert(alias + length, 0);

        Assert.Empty(Read([.. bytes]));
    }

    [Theory]
    [InlineData(0x0100)] // a question
    [InlineData(0x8183)] // no such name
    [InlineData(0xA180)] // another kind of query
    public void Anything_but_a_good_answer_tells_nothing(int flags)
    {
        var message = new Message("a.example", 1, (ushort)flags).Address("a.example", "203.0.113.1", 20);

        Assert.Empty(Read(message.Bytes));
    }

    [Theory]
    [InlineData("bad name.example")]
    [InlineData("<script>.example")]
    [InlineData("a\u0007.example")]
    public void A_name_that_is_no_hosts_name_tells_nothing(string name) =>
        Assert.Empty(Read(new Message(name, 1).Address(name, "203.0.113.1", 20).Bytes));

    [Fact]
    public void A_name_that_points_to_itself_ends()
    {
        var bytes = new Message("a.example", 1).Address("a.example", "203.0.113.1", 20).Bytes;
        // The answer's owner begins after header, question and its type and class.
        int owner = 12 + "a.example".Length + 2 + 4;
        bytes[owner] = 0xC0;
        bytes[owner + 1] = (byte)owner;

        Assert.Empty(Read(bytes));
    }

    [Fact]
    public void Every_cut_and_every_changed_byte_is_survived()
    {
        var whole = new Message("api.example.com", 1).Alias("api.example.com", "b.example", 9).Address("b.example", "203.0.113.7", 20).Bytes;
        var random = new Random(7);
        for (int length = 0; length < whole.Length; length++)
        {
            Read(whole[..length]);
        }

        for (int i = 0; i < 200_000; i++)
        {
            var changed = whole.ToArray();
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            foreach (var line in Read(changed))
            {
                Assert.True(HostName.IsValid(line.Split(' ')[0]), line);
            }
        }
    }

    private static List<string> Read(byte[] message)
    {
        var found = new List<string>();
        DnsAnswer.Read(message, (string name, in Address address, uint seconds) => found.Add($"{name} {address} {seconds}"));
        return found;
    }

    /// <summary>A DNS message, uncompressed.</summary>
    private sealed class Message
    {
        private readonly List<byte> _bytes = [];
        private ushort _answers;

        public Message(string asked, ushort type, ushort flags = 0x8180)
        {
            Add(0x1234, flags, 1, 0, 0, 0);
            Name(asked);
            Add(type, 1);
        }

        public byte[] Bytes
        {
            get
            {
                var bytes = _bytes.ToArray();
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), _answers);
                return bytes;
            }
        }

        public Message Alias(string owner, string target, uint seconds)
        {
            Head(owner, 5, seconds);
            Add((ushort)(target.Length + 2));
            Name(target);
            return this;
        }

        public Message Address(string owner, string address, uint seconds)
        {
            var bytes = System.Net.IPAddress.Parse(address).GetAddressBytes();
            Head(owner, (ushort)(bytes.Length == 4 ? 1 : 28), seconds);
            Add((ushort)bytes.Length);
            _bytes.AddRange(bytes);
            return this;
        }

        private void Head(string owner, ushort type, uint seconds)
        {
            _answers++;
            Name(owner);
            Add(type, 1, (ushort)(seconds >> 16), (ushort)seconds);
        }

        private void Name(string name)
        {
            foreach (var label in name.Split('.'))
            {
                _bytes.Add((byte)label.Length);
                _bytes.AddRange(Encoding.Latin1.GetBytes(label));
            }

            _bytes.Add(0);
        }

        private void Add(params ushort[] values)
        {
            foreach (ushort value in values)
            {
                _bytes.Add((byte)(value >> 8));
                _bytes.Add((byte)value);
            }
        }
    }
}
