import { signal } from "@preact/signals";
import type { MapCanvas } from "./map-canvas";

/** The map that is on the page now; null while another view is. */
export const onTheMap = signal<MapCanvas | null>(null);

/** Counts whenever the reader has let go of the map: what depends on what is in sight looks again. */
export const settled = signal(0);
