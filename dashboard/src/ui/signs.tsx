// Drawn on a 16 by 16 grid with strokes.
const signs = {
  close: "M4 4l8 8M12 4l-8 8",
  help: "M5.6 5.8c0-1.5 1.1-2.4 2.4-2.4s2.4.9 2.4 2.2C10.4 7.5 8 7.6 8 9.5M8 12.3v.4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 14 14",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
  auto: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5h3.5M8 8h5.5M8 11h3.5",
  down: "M4 6.5l4 4 4-4",
  more: "M3 8h.1M8 8h.1M13 8h.1",
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7L8 4.3M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7L8 11.7",
  save: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.5h10",
  check: "M3.5 8.5l3 3 6-7",
  wide: "M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9",
  narrow: "M13.5 6.5h-4v-4M9.5 6.5 14 2M2.5 9.5h4v4M6.5 9.5 2 14",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.5v9l7.5-4.5z",
  leave: "M6.5 3H3.5v10h3M7 8h6.5M10.8 5.2 13.5 8l-2.7 2.8",
  flag: "M4 14V2.5M4 3h8.5l-2 3 2 3H4",
} as const;

export type SignName = keyof typeof signs;

export function Sign({ name }: { name: SignName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={signs[name]} />
    </svg>
  );
}
