import { groupContent, groupFilter } from "../graph/group-words";
import { healthGlyph, healthRank } from "../graph/health";
import type { NodePicture, Picture } from "../graph/picture";
import { healthCounts, sumOfEdges } from "../graph/sums";
import { formatRate, plural } from "../graph/units";
import { groupBy, shown } from "../live";
import { step } from "../ui/address";
import { groupTitles } from "../ui/grouping";
import { closeGroup, openGroup } from "../view/groups-by-hand";
import { EdgeList } from "./edge-list";
import { HealthWord, ServiceLink } from "./facts";
import { GonePanel, Panel } from "./panel";

const mostMembers = 300;

/** A box of the map: who is in it, how they are, and what runs in and out. */
export function GroupPanel({ id, whole }: { id: string; whole: Picture }) {
  const by = groupBy.value;
  const content = groupContent(id, by, whole.nodes, whole.edges.values());
  if (!content) return <GonePanel what="group" />;
  const { title, members, inside, into, out } = content;
  const filter = groupFilter(id);

  return (
    <Panel id={id} title={title}>
      <p class="subtitle">
        <span>{groupTitles[by]}</span>
        <span>{plural(members.length, "service")}</span>
        {healthCounts(members).map(([health, count]) => (
          <span key={health} class="health-count">
            <span class={`is-${health}`} aria-hidden="true">
              {healthGlyph[health]}
            </span>{" "}
            {count} {health}
          </span>
        ))}
      </p>
      <div class="actions">
        <FoldButton id={id} />
        {filter && (
          <button type="button" onClick={() => step({ filter, view: "map", wide: false })}>
            Only this group
          </button>
        )}
      </div>
      <dl class="counters">
        <Flow name="Into it" count={into.length} rate={sumOfEdges(into).openedPerSecond} />
        <Flow name="Inside" count={inside.length} rate={sumOfEdges(inside).openedPerSecond} />
        <Flow name="Out of it" count={out.length} rate={sumOfEdges(out).openedPerSecond} />
      </dl>
      <div class="sections">
        <section>
          <h3>
            Services <span class="count">{members.length}</span>
          </h3>
          <Members members={members} />
        </section>
        <Edges title="Into it" edges={into} />
        <Edges title="Out of it" edges={out} />
      </div>
    </Panel>
  );
}

/** A group stands as a box with its services, or folded into one card. */
function FoldButton({ id }: { id: string }) {
  const state = shown.value?.groups.get(id);
  if (!state || groupBy.value === "none") return null;
  return state.collapsed ? (
    <button type="button" title="Show its services in its place (Enter on the map)" onClick={() => openGroup(id)}>
      Open on the map
    </button>
  ) : (
    <button type="button" title="Show it as one card" onClick={() => closeGroup(id)}>
      Fold into one card
    </button>
  );
}

function Flow({ name, count, rate }: { name: string; count: number; rate: number | null }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        {formatRate(rate)} <small>{plural(count, "dependency", "dependencies")}</small>
      </dd>
    </div>
  );
}

function Members({ members }: { members: NodePicture[] }) {
  const sorted = [...members].sort(
    (a, b) => healthRank[a.health] - healthRank[b.health] || (a.node.name < b.node.name ? -1 : 1),
  );
  return (
    <>
      <ul class="members">
        {sorted.slice(0, mostMembers).map(({ node, health, rate }) => (
          <li key={node.id}>
            <HealthWord health={health} />
            <ServiceLink id={node.id} name={node.name} />
            <span class="rate">{formatRate(rate)}</span>
          </li>
        ))}
      </ul>
      {members.length > mostMembers && <p class="muted">And {plural(members.length - mostMembers, "more service")}.</p>}
    </>
  );
}

function Edges({ title, edges }: { title: string; edges: GroupPanelEdges }) {
  if (edges.length === 0) return null;
  return (
    <section>
      <h3>
        {title} <span class="count">{edges.length}</span>
      </h3>
      <EdgeList edges={edges} />
    </section>
  );
}

type GroupPanelEdges = Parameters<typeof EdgeList>[0]["edges"];
