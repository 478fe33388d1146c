import { fetchExport } from "../api/client";
import type { ExportFormat } from "../api/types";
import { picture } from "../live";
import { address } from "./address";
import { tell } from "./clipboard";
import { fileName } from "./file-name";
import type { MenuItem } from "./menu";

const written: { format: ExportFormat; title: string; ending: string; hint: string }[] = [
  { format: "json", title: "JSON", ending: "json", hint: "all that is known of what is shown" },
  { format: "csv", title: "CSV", ending: "csv", hint: "a line for each dependency" },
  { format: "dot", title: "DOT", ending: "dot", hint: "for Graphviz" },
  { format: "mermaid", title: "Mermaid", ending: "mmd", hint: "for documents" },
];

/** What is shown: as it looks, while the map is there, and as the operator writes it. */
export function exportItems(): MenuItem[] {
  const { view, wide } = address.value;
  const pictures = view === "map" && !wide ? pictureItems : [];
  const texts = written.map(({ format, title, ending, hint }) => ({
    title,
    hint,
    run: () => void saved(exportText(format, ending)),
  }));
  return [...pictures, ...texts];
}

const pictureItems: MenuItem[] = [
  { title: "SVG", hint: "what is seen of the map, sharp at any size", run: () => void saved(exportPicture("svg")) },
  { title: "PNG", hint: "what is seen of the map, as an image", run: () => void saved(exportPicture("png")) },
];

async function exportPicture(format: "svg" | "png"): Promise<void> {
  const { savePicture } = await import("./picture-exports");
  await savePicture(format);
}

async function exportText(format: ExportFormat, ending: string): Promise<void> {
  const shown = picture.peek();
  if (!shown) throw new Error("there is no graph yet");
  save(await fetchExport({ format, nodes: [...shown.nodes.keys()], edges: [...shown.edges.keys()] }), ending);
}

async function saved(exporting: Promise<void>): Promise<void> {
  try {
    await exporting;
  } catch (error) {
    tell(`Not exported: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function save(blob: Blob, ending: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(new Date(), address.peek().filter, ending);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
