import type { NodePicture } from "../graph/picture";
import type { TableRow } from "../graph/table";
import { formatBytes, formatCount, formatMicros, formatRate } from "../graph/units";
import { address } from "../ui/address";
import { KindIcon } from "../view/icons";
import { HealthWord } from "./facts";

const roles = { edge: "entry", service: "service", data: "data", external: "external" };

interface Props {
  row: TableRow;
  at: number;
  /** The one row that Tab reaches. */
  tabbable: boolean;
  open: () => void;
}

export function ServiceRow({ row, at, tabbable, open }: Props) {
  const { picture } = row;
  const { node, health } = picture;
  const chosen = address.value.selected;
  const selected = chosen?.kind === "node" && chosen.id === node.id;
  return (
    <tr class={selected ? "selected" : undefined} data-row={at} aria-rowindex={at + 2} onClick={open}>
      <td>
        <HealthWord health={health} />
      </td>
      <th scope="row">
        <KindIcon node={node} />{" "}
        <button type="button" class="link" tabIndex={tabbable ? 0 : -1}>
          {node.name}
        </button>
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
    <td class="number" title={names.slice(0, 20).join(", ")}>
      {names.length}
    </td>
  );
}
