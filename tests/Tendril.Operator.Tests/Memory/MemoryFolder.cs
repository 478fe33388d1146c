namespace Tendril.Operator.Tests.Memory;

/// <summary>A file of its own for an operator's memory, which outlives that operator.</summary>
internal sealed class MemoryFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tendril-memory-").FullName;

    public string File => Path.Combine(_folder, "memory.db");

    public Task<TestOperator> StartAsync(Action<OperatorOptions>? configure = null) => TestOperator.StartAsync(configure: options =>
    {
        options.MemoryFile = File;
        configure?.Invoke(options);
    });

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
