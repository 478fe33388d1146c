import { highlightOf } from "../graph/scene/highlight";
import { plural } from "../graph/units";
import { groupBy, model, picture, shown } from "../live";
import { address } from "../ui/address";
import { itemsOn } from "./legend";
import { type Caption, drawSheet, sheetSize } from "./paint/sheet";
import { canvasSurface } from "./paint/surface";
import { SvgSurface } from "./paint/svg-surface";
import type { ViewFrame } from "./paint/view-frame";
import { onTheMap } from "./seen";

/** Device px for each px: a picture is looked at on other screens, and printed. */
const pngRatio = 2;

/** What is seen of the map now, as SVG. The same graph, address and window give the same bytes. Throws when there is no map. */
export function exportSvg(): string {
  const { input, caption } = seen();
  const surface = new SvgSurface();
  drawSheet(surface, input, caption);
  const { width, height } = sheetSize(input, caption);
  return surface.document(width, height, `${caption.title}, ${caption.lines.join(", ")}`);
}

/** The same as PNG. */
export async function exportPng(): Promise<Blob> {
  const { input, caption } = seen();
  const { width, height } = sheetSize(input, caption);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * pngRatio);
  canvas.height = Math.round(height * pngRatio);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser gives no canvas to draw on");
  context.scale(pngRatio, pngRatio);
  drawSheet(canvasSurface(context, pngRatio), input, caption);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture of it"))),
      "image/png",
    ),
  );
}

/** Services and dependencies that are on the map now, those within folded groups too. */
export function shownIds(): { nodes: string[]; edges: string[] } {
  const now = picture.peek();
  return now ? { nodes: [...now.nodes.keys()], edges: [...now.edges.keys()] } : { nodes: [], edges: [] };
}

function seen(): { input: ViewFrame; caption: Caption } {
  const map = onTheMap.peek();
  const input = map?.input();
  if (!map || !input) throw new Error("there is no map to export");
  const { selected, filter } = address.peek();
  // Not what the pointer happens to be over.
  const highlight = selected && highlightOf(input.scene, selected);
  const counts = shownIds();
  const lines = [
    timeText(model.peek()?.timeMs ?? 0),
    plural(counts.nodes.length, "service"),
    plural(counts.edges.length, "dependency", "dependencies"),
  ];
  if ((shown.peek()?.groups.size ?? 0) > 1) lines.push(`grouped by ${groupBy.peek()}`);
  if (filter) lines.push(`filter: ${filter}`);
  return {
    input: { ...input, highlight, hovered: new Set() },
    caption: { title: "Tendril", lines, legend: itemsOn(input.scene, map) },
  };
}

/** "2026-01-02 10:00:13 UTC". */
function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
