using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Tendril.Agent.Identity;

/// <summary>
/// Reads of a runtime's file about a container the few fields that naming needs. The file may be anything: what does not parse says
/// nothing, and values are bounded.
/// </summary>
internal static class ContainerFile
{
    private const int MaxValue = 253;

    // Objects that are entered; all others are passed over.
    private static readonly string[] Places = ["/Config", "/Config/Labels", "/annotations"];

    private static readonly FrozenDictionary<string, string> Labels = new Dictionary<string, string>
    {
        // Docker, config.v2.json.
        ["/Name"] = "container.name",
        ["/Config/Image"] = "container.image",
        ["/Config/Labels/com.docker.compose.project"] = "compose.project",
        ["/Config/Labels/com.docker.compose.service"] = "compose.service",
        ["/Config/Labels/com.docker.stack.namespace"] = "swarm.stack",
        ["/Config/Labels/com.docker.swarm.service.name"] = "swarm.service",
        ["/Config/Labels/io.kubernetes.pod.name"] = "k8s.pod",
        ["/Config/Labels/io.kubernetes.pod.namespace"] = "k8s.namespace",
        ["/Config/Labels/io.kubernetes.container.name"] = "k8s.container",
        // The runtime specification's config.json, as containerd, CRI-O, nerdctl and Podman annotate it.
        ["/annotations/io.kubernetes.cri.sandbox-name"] = "k8s.pod",
        ["/annotations/io.kubernetes.cri.sandbox-namespace"] = "k8s.namespace",
        ["/annotations/io.kubernetes.cri.container-name"] = "k8s.container",
        ["/annotations/io.kubernetes.cri.image-name"] = "container.image",
        ["/annotations/io.kubernetes.pod.name"] = "k8s.pod",
        ["/annotations/io.kubernetes.pod.namespace"] = "k8s.namespace",
        ["/annotations/io.kubernetes.container.name"] = "k8s.container",
        ["/annotations/io.kubernetes.cri-o.ImageName"] = "container.image",
        ["/annotations/nerdctl/name"] = "container.name",
        ["/annotations/com.docker.compose.project"] = "compose.project",
        ["/annotations/com.docker.compose.service"] = "compose.service",
    }.ToFrozenDictionary();

    /// <summary>The labels in a file about one container.</summary>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> json) => Try(json, static (ref Utf8JsonReader reader, Dictionary<string, string> labels) =>
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, "", labels);
        }
    });

    /// <summary>The labels of one container in Podman's list of all, containers.json.</summary>
    public static Dictionary<string, string> ReadFromList(ReadOnlySpan<byte> json, string containerId) => Try(json, (ref Utf8JsonReader reader, Dictionary<string, string> labels) =>
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject && !ReadEntry(ref reader, containerId, labels))
        {
            labels.Clear();
        }
    });

    private delegate void ReadInto(ref Utf8JsonReader reader, Dictionary<string, string> labels);

    private static Dictionary<string, string> Try(ReadOnlySpan<byte> json, ReadInto read)
    {
        var labels = new Dictionary<string, string>();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow });
            read(ref reader, labels);
            return Settle(labels);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is not UTF-8.
            return [];
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, string place, Dictionary<string, string> labels)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var path = place + "/" + Text(ref reader);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && Places.Contains(path))
            {
                ReadObject(ref reader, path, labels);
            }
            else if (reader.TokenType == JsonTokenType.String && Labels.TryGetValue(path, out var label))
            {
                Take(labels, label, Text(ref reader));
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // True for the container that is looked for, and then its labels are taken.
    private static bool ReadEntry(ref Utf8JsonReader reader, string containerId, Dictionary<string, string> labels)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            reader.Read();
            if (name == "id" && reader.TokenType == JsonTokenType.String)
            {
                found = Text(ref reader) == containerId;
            }
            else if (name == "names" && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Take(labels, "container.name", reader.TokenType == JsonTokenType.String ? Text(ref reader) : "");
                    reader.Skip();
                }
            }
            else if (name == "metadata" && reader.TokenType == JsonTokenType.String)
            {
                // JSON in a text: {"image-name":"docker.io/library/nginx:latest","name":"web",...}
                var metadata = new Utf8JsonReader(Encoding.UTF8.GetBytes(reader.GetString()!));
                while (metadata.Read())
                {
                    if (metadata.TokenType == JsonTokenType.PropertyName && metadata.ValueTextEquals("image-name"u8) && metadata.Read() && metadata.TokenType == JsonTokenType.String)
                    {
                        Take(labels, "container.image", Text(ref metadata));
                    }
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static string Text(ref Utf8JsonReader reader) => reader.ValueSpan.Length <= 4 * MaxValue ? reader.GetString()! : "";

    private static void Take(Dictionary<string, string> labels, string label, string value)
    {
        value = label == "container.name" ? value.TrimStart('/') : value;
        if (value.Length is > 0 and <= MaxValue && !value.Any(char.IsControl))
        {
            labels.TryAdd(label, value);
        }
    }

    // A swarm's service is to a stack what a compose service is to its project: "shop_web" in the stack "shop".
    private static Dictionary<string, string> Settle(Dictionary<string, string> labels)
    {
        if (labels.Remove("swarm.service", out var service))
        {
            var stack = labels.GetValueOrDefault("swarm.stack", "");
            labels["compose.project"] = stack.Length > 0 ? stack : "swarm";
            labels["compose.service"] = stack.Length > 0 && service.StartsWith(stack + "_", StringComparison.Ordinal) ? service[(stack.Length + 1)..] : service;
        }

        labels.Remove("swarm.stack");
        return labels;
    }
}
