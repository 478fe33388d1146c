namespace Tendril.Operator.Doors;

/// <summary>What somebody may do.</summary>
internal enum Role
{
    /// <summary>Reads everything.</summary>
    Viewer = 1,

    /// <summary>Makes join tokens and marks too.</summary>
    Admin = 2,
}

/// <summary>Who asks.</summary>
internal sealed record Visitor(string Name, Role Role);
