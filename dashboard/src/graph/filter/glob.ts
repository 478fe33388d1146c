/** Tests whole texts against a pattern where * is any text, in time that grows with the text only: a link can hold any pattern. */
export function globTest(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text.toLowerCase() === first;
  const inner = rest.filter((part) => part !== "");
  return (text) => {
    const lower = text.toLowerCase();
    if (lower.length < first.length + last.length || !lower.startsWith(first) || !lower.endsWith(last)) return false;
    let at = first.length;
    for (const part of inner) {
      const found = lower.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= lower.length - last.length;
  };
}
