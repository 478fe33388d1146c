import { answer, type LayoutRequest } from "./request";

// Runs beside the page, so that a layout of thousands of services holds up no frame.

addEventListener("message", ({ data: { token, request } }: MessageEvent<{ token: number; request: LayoutRequest }>) => {
  postMessage({ token, answer: answer(request) });
});
