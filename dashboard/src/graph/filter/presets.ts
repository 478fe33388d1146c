import type { Picture } from "../picture";
import { formatRate } from "../units";

export interface Preset {
  title: string;
  filter: string;
  hint: string;
}

/** How many dependencies "Busiest" shows, about. */
const busiest = 12;

/** Filters that are asked for often. */
export function presetsFor(whole: Picture): Preset[] {
  const threshold = busyRate(whole);
  return [
    { title: "Only failing", filter: "failing", hint: "dependencies whose connects fail" },
    { title: "Without gone", filter: "-state:gone", hint: "what was silent for long is left out" },
    { title: "Data stores", filter: "tier:data", hint: "and who uses them" },
    { title: "Outside", filter: "tier:external", hint: "addresses that are not ours, and who calls them" },
    { title: "Busiest", filter: `rate>=${threshold}`, hint: `dependencies with ${formatRate(threshold)} and more` },
  ];
}

/** The rate of the twelfth busiest, rounded down to a number people would write. */
function busyRate({ edges }: Picture): number {
  const rates = [...edges.values()].map(({ rates }) => rates?.openedPerSecond ?? 0).sort((a, b) => b - a);
  const rate = rates[Math.min(busiest, rates.length) - 1] ?? 1;
  if (rate < 1) return 1;
  const step = 10 ** Math.floor(Math.log10(rate));
  return Math.floor(rate / step) * step;
}
