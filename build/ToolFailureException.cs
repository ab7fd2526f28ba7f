namespace Crm.Build;

/// <summary>Something outside the program is not as a command needs it. The message says what, and what a person can do about it.</summary>
public sealed class ToolFailureException(string message) : Exception(message);
