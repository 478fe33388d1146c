import { fetchExport } from "../api/client";
import type { ExportFormat } from "../api/types";
import { picture } from "../live";
import { address } from "./address";
import { tell } from "./clipboard";
import type { MenuItem } from "./menu";

const written: { format: ExportFormat; title: string; ending: string; hint: string }[] = [
  { format: "json", title: "JSON", ending: "json", hint: "all that is known of what is shown" },
  { format: "csv", title: "CSV", ending: "csv", hint: "a line for each dependency" },
  { format: "dot", title: "DOT", ending: "dot", hint: "for Graphviz" },
  { format: "mermaid", title: "Mermaid", ending: "mmd", hint: "for documents" },
];

/** What the operator writes of what is shown. */
export function textExports(): MenuItem[] {
  return written.map(({ format, title, ending, hint }) => ({
    title,
    hint,
    run: () => void exportText(format, ending),
  }));
}

async function exportText(format: ExportFormat, ending: string): Promise<void> {
  const shown = picture.peek();
  if (!shown) return;
  try {
    const blob = await fetchExport({ format, nodes: [...shown.nodes.keys()], edges: [...shown.edges.keys()] });
    save(blob, ending);
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

/** "tendril-2026-01-02-100000-failing.svg": what, when, and of which filter. */
export function fileName(at: Date, filter: string, ending: string): string {
  const time = at.toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  const words = filter
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return `tendril-${time}${words ? `-${words}` : ""}.${ending}`;
}
