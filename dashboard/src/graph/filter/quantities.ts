import type { NumberKey } from "./ast";

// Numbers with units, as people type them.

const number = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const thousands: Record<string, number> = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const perUnit: Record<string, number> = { "": 1, s: 1, m: 60, min: 60, h: 3600 };
const micros: Record<string, number> = { us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6 };

const patterns = {
  count: new RegExp(`^${number}([kmg]?)$`, "i"),
  rate: new RegExp(`^${number}([kmg]?)(?:/(s|m|min|h))?$`, "i"),
  time: new RegExp(`^${number}(us|µs|μs|ms|s)$`, "i"),
  bytes: new RegExp(`^${number}([kmgt]?)(i?)(?:b)?(?:/s)?$`, "i"),
};

/** In connections a second, µs, bytes a second, or a count; null when it is none. */
export function readQuantity(key: NumberKey, text: string): number | null {
  const value = readFinite(key, text);
  return value !== null && Number.isFinite(value) ? value : null;
}

function readFinite(key: NumberKey, text: string): number | null {
  if (key === "rate") {
    const [, value, factor = "", unit = ""] = patterns.rate.exec(text) ?? [];
    return value === undefined ? null : (Number(value) * scale(factor)) / (perUnit[unit.toLowerCase()] ?? 1);
  }
  if (key === "rtt") {
    if (/^0+$/.test(text)) return 0;
    const [, value, unit = ""] = patterns.time.exec(text) ?? [];
    return value === undefined ? null : Number(value) * (micros[unit.toLowerCase()] ?? 1);
  }
  if (key === "bytes") {
    const [, value, factor = "", binary] = patterns.bytes.exec(text) ?? [];
    if (value === undefined) return null;
    return Number(value) * (binary ? 1024 ** Math.round(Math.log10(scale(factor)) / 3) : scale(factor));
  }
  if (key === "port") return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
  const [, value, factor = ""] = patterns.count.exec(text) ?? [];
  return value === undefined ? null : Number(value) * scale(factor);
}

function scale(letter: string): number {
  return thousands[letter.toLowerCase()] ?? 1;
}

/** As readQuantity reads it back, to the last digit. */
export function quantityText(key: NumberKey, value: number): string {
  return key === "rtt" ? `${value}us` : String(value);
}

export const quantityHelp: Record<NumberKey, string> = {
  port: "a port is a number up to 65535, as port:443",
  rate: "a rate is a number a second, as rate>5, rate>5/s or rate>300/m",
  rtt: "a time has its unit, us, ms or s, as rtt>5ms",
  bytes: "bytes a second are a number, as bytes>500, bytes>10k or bytes>1MB",
  active: "it is a number, as active>0",
  failed: "it is a number, as failed>0",
  opened: "it is a number, as opened>1k",
};
