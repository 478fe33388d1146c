import { freshPlacement } from "./layout";
import { rehearsal } from "./rehearsal";
import { answer, type LayoutRequest } from "./request";

// Runs beside the page, so that a layout of thousands of services holds up no frame.

let asked = false;

addEventListener("message", ({ data: { token, request } }: MessageEvent<{ token: number; request: LayoutRequest }>) => {
  asked = true;
  postMessage({ token, answer: answer(request) });
});

// After what already waits.
setTimeout(() => asked || freshPlacement(rehearsal()));
