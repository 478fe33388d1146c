// Numbers as people read them. Digits never outrun what is known, and a number keeps its width as it ticks.

/** 0, 950, 1.2k, 34k, 5.6M. */
export function formatCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  const units = ["k", "M", "G", "T"];
  let value = count;
  let unit = -1;
  do {
    value /= 1000;
    unit++;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

/** Every digit, grouped: 1,234,567. By hand, as the browser's own formatter takes 15 ms to start, when the first map is awaited. */
export function formatExact(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Events a second; "–" until it is known. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return "–";
  if (perSecond === 0) return "0/s";
  if (perSecond < 0.1) return "<0.1/s";
  return perSecond < 9.95 ? `${perSecond.toFixed(1)}/s` : `${formatCount(perSecond)}/s`;
}

/** 512 B, 1.4 kB, 20 MB: powers of 1000. */
export function formatBytes(bytes: number): string {
  const text = formatCount(bytes);
  const unit = text.at(-1) ?? "";
  if (unit >= "0" && unit <= "9") return `${text} B`;
  return `${text.slice(0, -1)} ${unit}B`;
}

export function formatByteRate(perSecond: number | null): string {
  return perSecond === null ? "–" : `${formatBytes(perSecond)}/s`;
}

/** 85 µs, 1.2 ms, 340 ms, 2.1 s. */
export function formatMicros(micros: number | null | undefined): string {
  if (micros === null || micros === undefined) return "–";
  if (micros < 1000) return `${Math.round(micros)} µs`;
  const [value, unit] = micros < 1_000_000 ? [micros / 1000, "ms"] : [micros / 1_000_000, "s"];
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** 5 s, 3 min, 2 h, 4 d. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** "1 service", "3 services". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatExact(count)} ${count === 1 ? one : many}`;
}
