import { exportPng, exportSvg } from "../view/export";
import { save } from "./exports";

// Fetched when a picture is asked for: drawing one is no part of the first load.

export async function savePicture(format: "svg" | "png"): Promise<void> {
  if (format === "svg") save(new Blob([exportSvg()], { type: "image/svg+xml" }), "svg");
  else save(await exportPng(), "png");
}
