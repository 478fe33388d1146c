/** The map needs a canvas to draw on and a worker for its layout; without either the table tells the same. */
export const canDraw = hasWorker() && hasCanvas();

function hasWorker(): boolean {
  return typeof Worker === "function";
}

function hasCanvas(): boolean {
  try {
    return document.createElement("canvas").getContext("2d") !== null;
  } catch {
    return false;
  }
}
