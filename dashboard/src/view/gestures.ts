import { panBy, type Viewport, zoomAt } from "./viewport";

/** A press that moved less than this is a click, in px. */
const slop = 4;

export interface GestureTarget {
  get(): Viewport;
  set(view: Viewport): void;
}

/** Wheel, drag and pinch on the map. Returns what takes them off again. */
export function attachGestures(element: HTMLElement, target: GestureTarget): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;

  // Asked for once a gesture: the answer makes the browser lay out the page.
  let frame = element.getBoundingClientRect();
  let askedMs = 0;
  const local = (event: MouseEvent) => {
    if (event.timeStamp - askedMs > 200) frame = element.getBoundingClientRect();
    askedMs = event.timeStamp;
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    // Lines and pages to px; a pinch on a touch pad comes as a wheel with ctrl and small steps.
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0016;
    target.set(zoomAt(target.get(), Math.exp(-event.deltaY * unit * speed), local(event)));
  };
  const down = (event: PointerEvent) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, local(event));
  };
  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const ratio = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const zoomed = zoomAt(target.get(), Number.isFinite(ratio) ? ratio : 1, middle);
      target.set(panBy(zoomed, (now.x - before.x) / 2, (now.y - before.y) / 2));
    } else if (travelled > slop) {
      // Only now, so that a plain click still reaches what is below it.
      element.setPointerCapture(event.pointerId);
      element.classList.add("dragging");
      target.set(panBy(target.get(), now.x - before.x, now.y - before.y));
    }
    pointers.set(event.pointerId, now);
  };
  const up = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) element.classList.remove("dragging");
  };
  const click = (event: MouseEvent) => {
    if (travelled > slop) event.stopPropagation();
    travelled = 0;
  };

  element.addEventListener("wheel", wheel, { passive: false });
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("click", click, { capture: true });
  return () => {
    element.removeEventListener("wheel", wheel);
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", up);
    element.removeEventListener("click", click, { capture: true });
  };
}
