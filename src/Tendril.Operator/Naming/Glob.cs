namespace Tendril.Operator.Naming;

/// <summary>A pattern with * (any text) and ? (any one character); all else stands for itself. Linear in practice, never exponential.</summary>
internal sealed record Glob(string Pattern)
{
    public bool Matches(string text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < Pattern.Length && Pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < Pattern.Length && (Pattern[p] == '?' || Pattern[p] == text[t]))
            {
                (p, t) = (p + 1, t + 1);
            }
            else if (star >= 0)
            {
                // Let the last star take one character more.
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return Pattern.AsSpan(p).Trim('*').IsEmpty;
    }
}
