import { useMemo, useRef, useState } from "preact/hooks";
import type { Picture } from "../graph/picture";
import { readSort, rowOf, type SortKey, sortRows } from "../graph/table";
import { plural } from "../graph/units";
import { address, go, select } from "../ui/address";
import { ServiceRow } from "./service-row";
import { useWindow } from "./use-window";

const columns: { key: SortKey; title: string; numeric: boolean; hint: string }[] = [
  { key: "state", title: "State", numeric: false, hint: "Failing first" },
  { key: "name", title: "Service", numeric: false, hint: "Name" },
  { key: "rate", title: "Taken/s", numeric: true, hint: "Connections a second it takes" },
  { key: "made", title: "Made/s", numeric: true, hint: "Connections a second it makes" },
  {
    key: "failed",
    title: "Failed",
    numeric: true,
    hint: "Connects to it and from it that failed, since the first report",
  },
  { key: "active", title: "Open", numeric: true, hint: "Connections to it open now" },
  { key: "rtt", title: "RTT p99", numeric: true, hint: "Slowest of its callers' 99th percentiles" },
  { key: "bytes", title: "Bytes", numeric: true, hint: "Both ways, to it and from it" },
  { key: "callers", title: "Callers", numeric: true, hint: "Services that call it" },
  { key: "callees", title: "Calls", numeric: true, hint: "Services it calls" },
  { key: "port", title: "Port", numeric: true, hint: "First listening port" },
  { key: "tier", title: "Role", numeric: false, hint: "Entry, service, data or external" },
];

/** The accessible equal of the map: the same services after the same filter, to sort and to read. */
export function ServicesTable({ picture }: { picture: Picture }) {
  const frame = useRef<HTMLDivElement>(null);
  const sort = readSort(address.value.sort);
  const rows = useMemo(() => {
    const matching = [...picture.nodes.values()].filter((node) => node.matches);
    return sortRows(matching.map(rowOf), sort);
  }, [picture, address.value.sort]);
  const { first, last, rowHeight } = useWindow(frame, rows.length);
  const [focused, setFocused] = useState(0);
  const tabStop = Math.min(Math.max(focused, first), last - 1);

  /** Rows are walked by arrows; those out of sight are made when the frame scrolls to them. */
  const keyDown = (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset.row ?? Number.NaN);
    if (Number.isNaN(at) || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 15,
      PageUp: at - 15,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    focusRow(frame.current, Math.max(0, Math.min(rows.length - 1, next)), rowHeight);
  };

  return (
    <div class="table-frame" ref={frame} id="screen">
      <table aria-rowcount={rows.length + 1} onKeyDown={keyDown}>
        <caption class="visually-hidden">
          {plural(rows.length, "service")}, sorted by {sort.key}. Press a column's title to sort by it; arrow keys walk
          the rows, Enter opens one.
        </caption>
        <thead>
          <tr>
            {columns.map(({ key, title, numeric, hint }) => (
              <th
                key={key}
                scope="col"
                class={numeric ? `number column-${key}` : `column-${key}`}
                aria-sort={sort.key === key ? (sort.falling ? "descending" : "ascending") : "none"}
              >
                <button type="button" title={hint} onClick={() => sortBy(key, numeric)}>
                  {title}
                  <span aria-hidden="true">{sort.key === key ? (sort.falling ? " ↓" : " ↑") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody
          onFocusIn={(event) => {
            const at = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset.row;
            if (at) setFocused(Number(at));
          }}
        >
          <Spacer rows={first} height={rowHeight} />
          {rows.slice(first, last).map((row, i) => (
            <ServiceRow
              key={row.picture.node.id}
              row={row}
              at={first + i}
              tabbable={first + i === tabStop}
              open={() => select({ kind: "node", id: row.picture.node.id })}
            />
          ))}
          <Spacer rows={rows.length - last} height={rowHeight} />
        </tbody>
      </table>
    </div>
  );
}

/** In the place of rows that are out of sight. */
function Spacer({ rows, height }: { rows: number; height: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="spacer" aria-hidden="true">
      <td colSpan={columns.length} ref={(cell) => cell?.style.setProperty("height", `${rows * height}px`)} />
    </tr>
  );
}

function focusRow(frame: HTMLElement | null, at: number, rowHeight: number): void {
  const find = () => frame?.querySelector<HTMLElement>(`[data-row="${at}"] .link`);
  if (!find() && frame) frame.scrollTop = at * rowHeight - frame.clientHeight / 2;
  requestAnimationFrame(() => {
    find()?.focus({ preventScroll: true });
    find()?.scrollIntoView({ block: "nearest" });
  });
}

/** Numbers start with the largest, words with the first letter. */
function sortBy(key: SortKey, numeric: boolean): void {
  const now = readSort(address.peek().sort);
  const falling = now.key === key ? !now.falling : numeric;
  go({ sort: `${falling ? "-" : ""}${key}` });
}
