import { useMemo } from "preact/hooks";
import type { NodePicture, Picture } from "../graph/picture";
import { readSort, rowOf, type SortKey, sortRows, type TableRow } from "../graph/table";
import { formatBytes, formatCount, formatMicros, formatRate } from "../graph/units";
import { address, go, select } from "../ui/address";
import { KindIcon } from "../view/icons";
import { HealthWord, ServiceLink } from "./facts";

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

const roles = { edge: "entry", service: "service", data: "data", external: "external" };

/** The accessible equal of the map: the same services after the same filter, to sort and to read. */
export function ServicesTable({ picture }: { picture: Picture }) {
  const sort = readSort(address.value.sort);
  const rows = useMemo(() => {
    const matching = [...picture.nodes.values()].filter((node) => node.matches);
    return sortRows(matching.map(rowOf), sort);
  }, [picture, address.value.sort]);
  return (
    <div class="table-frame">
      <table>
        <caption class="visually-hidden">Services, sorted by {sort.key}. Press a column's title to sort by it.</caption>
        <thead>
          <tr>
            {columns.map(({ key, title, numeric, hint }) => (
              <th
                key={key}
                scope="col"
                class={numeric ? "number" : undefined}
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
        <tbody>
          {rows.map((row) => (
            <Row key={row.picture.node.id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { row: TableRow }) {
  const { picture } = row;
  const { node, health } = picture;
  const chosen = address.value.selected;
  const selected = chosen?.kind === "node" && chosen.id === node.id;
  return (
    <tr class={selected ? "selected" : undefined} onClick={() => select({ kind: "node", id: node.id })}>
      <td>
        <HealthWord health={health} />
      </td>
      <th scope="row">
        <KindIcon node={node} /> <ServiceLink id={node.id} name={node.name} />
      </th>
      <td class="number">{formatRate(row.rate).replace("/s", "")}</td>
      <td class="number">{formatRate(row.made).replace("/s", "")}</td>
      <td class={row.failed > 0 ? "number is-failing" : "number"}>{formatCount(row.failed)}</td>
      <td class="number">{formatCount(row.active)}</td>
      <td class="number">{formatMicros(row.rtt)}</td>
      <td class="number">{formatBytes(row.bytes)}</td>
      <NamesCell edges={picture.callers} end="source" />
      <NamesCell edges={picture.callees} end="target" />
      <td class="number">{node.port ?? "–"}</td>
      <td>{roles[node.tier] ?? node.tier}</td>
    </tr>
  );
}

function NamesCell({ edges, end }: { edges: NodePicture["callers"]; end: "source" | "target" }) {
  const names = [...new Set(edges.map((edge) => edge[end].name))];
  return (
    <td class="number" title={names.join(", ")}>
      {names.length}
    </td>
  );
}

/** Numbers start with the largest, words with the first letter. */
function sortBy(key: SortKey, numeric: boolean): void {
  const now = readSort(address.peek().sort);
  const falling = now.key === key ? !now.falling : numeric;
  go({ sort: `${falling ? "-" : ""}${key}` });
}
