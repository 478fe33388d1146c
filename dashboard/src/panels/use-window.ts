import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";

/** Fewer rows than this are all made: nothing is gained by leaving some out. */
const manyRows = 150;
const spare = 12;

/** Which rows of a long table are in sight, and a few around them. */
export function useWindow(frame: RefObject<HTMLElement | null>, count: number) {
  const [scroll, setScroll] = useState({ top: 0, height: 800 });
  const [rowHeight, setRowHeight] = useState(38);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let asked = 0;
    const look = () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => setScroll({ top: element.scrollTop, height: element.clientHeight }));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(asked);
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, []);

  useLayoutEffect(() => {
    const row = frame.current?.querySelector<HTMLElement>("tr[data-row]");
    // Larger text makes larger rows; half a px is rounding.
    if (row && Math.abs(row.offsetHeight - rowHeight) > 1) setRowHeight(row.offsetHeight);
  });

  if (count <= manyRows) return { first: 0, last: count, rowHeight };
  const first = Math.max(0, Math.min(count - 1, Math.floor(scroll.top / rowHeight) - spare));
  const last = Math.min(count, first + Math.ceil(scroll.height / rowHeight) + 2 * spare);
  return { first, last, rowHeight };
}
