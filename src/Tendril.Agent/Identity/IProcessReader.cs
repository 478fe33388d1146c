namespace Tendril.Agent.Identity;

/// <summary>Where facts about processes come from: /proc, or a recording. Used by one thread.</summary>
internal interface IProcessReader
{
    /// <summary>Start time and name; false when there is no such process.</summary>
    bool TryReadStat(uint pid, out ProcessStat stat);

    /// <summary>All that is told of a process; null when it is gone.</summary>
    ProcessFacts? Read(uint pid);

    /// <summary>Path of the executable; empty when it is not told.</summary>
    string ReadExe(uint pid);
}
