import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { wantsTidying } from "../graph/layout/extend";
import { type Box, boundsOf, type Point } from "../graph/layout/geometry";
import type { EdgePicture, Picture } from "../graph/picture";
import type { Anchor, Route } from "../graph/routes/routes";
import { placement, routes } from "../live";
import { address, select } from "../ui/address";
import type { Selection } from "../ui/hash";
import { nodeTowards } from "./arrow-keys";
import { EdgeLine } from "./edge-line";
import { Lanes, mapBounds } from "./lanes";
import { Legend } from "./legend";
import { MapControls } from "./map-controls";
import { useKeepInSight, useOnTidied, useTidying, useZoomKeys } from "./map-hooks";
import { type Neighbourhood, neighbourhoodOf, type Pointed } from "./neighbourhood";
import { NodeCard } from "./node-card";
import { useViewport } from "./use-viewport";

/** The map of the services. Draws with SVG; everything it shows is computed elsewhere, so another renderer can take its place. */
export function ServiceMap({ picture }: { picture: Picture }) {
  const svg = useRef<SVGSVGElement>(null);
  const world = useRef<SVGGElement>(null);
  const viewport = useViewport(svg, world, () => mapBounds(placement.peek()));
  const [hovered, setHovered] = useState<Pointed | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const tidying = useTidying();

  const where = placement.value;
  const chosen = address.value.selected;
  const selected = pointedOf(chosen);
  const pointed = hovered ?? selected;
  const near = pointed && neighbourhoodOf(picture, pointed);
  const nodes = [...picture.nodes.values()];
  const tabbable = [focused, selected?.id, nodes[0]?.node.id].find((id) => id && picture.nodes.has(id)) ?? null;

  useLayoutEffect(() => viewport.fitIfUntouched(), [where]);
  useOnTidied(viewport.fit);
  useKeepInSight(svg, viewport.reveal, () => selected && sightOf(selected, picture, where.positions));
  useEffect(() => {
    const box = selected && sightOf(selected, picture, where.positions);
    if (box) viewport.reveal(box);
  }, [selected?.id]);

  useZoomKeys(viewport);

  const keyDown = (event: KeyboardEvent) => {
    const id = nodeIdAt(event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = id && nodeTowards(event.key, id, where.positions, picture.nodes.keys());
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (!next) return;
      svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus({ preventScroll: true });
      const point = where.positions.get(next);
      const box = point && boundsOf([point]);
      if (box) viewport.reveal(box);
    } else if (id && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      toggle({ kind: "node", id });
    }
  };

  return (
    <div class="stage">
      <p id="map-keys" class="visually-hidden">
        Arrow keys move between services, Enter opens one, plus and minus zoom, 0 shows everything.
      </p>
      <svg
        ref={svg}
        class={["map", viewport.far && "far", tidying && "tidying"].filter(Boolean).join(" ")}
        role="group"
        aria-label="Map of services"
        aria-describedby="map-keys"
        onKeyDown={keyDown}
        onClick={(event) => toggle(pointedAt(event.target))}
        onPointerOver={(event) => event.pointerType === "mouse" && setHovered(pointedAt(event.target))}
        onPointerLeave={() => setHovered(null)}
        onFocusIn={(event) => setFocused(nodeIdAt(event.target))}
      >
        <g ref={world}>
          <Lanes placement={where} />
          <g class="edges">
            {drawOrder(picture, near).map(({ edge, route }) => (
              <EdgeLine
                key={edge.edge.id}
                picture={edge}
                route={route}
                dim={near !== null && !near.edges.has(edge.edge.id)}
                selected={selected?.id === edge.edge.id}
                label={labelPlace(edge, route, near)}
                far={viewport.far}
              />
            ))}
          </g>
          <g class="nodes">
            {nodes.map((node) => (
              <PlacedCard
                key={node.node.id}
                picture={node}
                at={where.positions.get(node.node.id)}
                far={viewport.far}
                dim={near !== null && node.health !== "failing" && !near.nodes.has(node.node.id)}
                selected={selected?.id === node.node.id}
                tabbable={tabbable === node.node.id}
              />
            ))}
          </g>
        </g>
      </svg>
      <MapControls viewport={viewport} untidy={wantsTidying(where)} />
      <Legend picture={picture} />
    </div>
  );
}

function PlacedCard({ at, ...rest }: { at: Point | undefined } & Omit<Parameters<typeof NodeCard>[0], "at">) {
  return at ? <NodeCard at={at} {...rest} /> : null;
}

/** What is looked at is drawn above the rest, and what fails above what does not. */
function drawOrder(picture: Picture, near: Neighbourhood | null): { edge: EdgePicture; route: Route }[] {
  const height = ({ edge, health }: EdgePicture) =>
    (near?.edges.has(edge.id) ? 4 : 0) + (health === "failing" ? 2 : health === "active" ? 1 : 0);
  return [...picture.edges.values()]
    .sort((a, b) => height(a) - height(b))
    .flatMap((edge) => {
      const route = routes.value.get(edge.edge.id);
      return route ? [{ edge, route }] : [];
    });
}

/** At the far end, where the edges of one service have drawn apart. */
function labelPlace({ edge }: EdgePicture, route: Route, near: Neighbourhood | null): Anchor | null {
  if (!near?.edges.has(edge.id)) return null;
  if (near.centre === null) return route.atTarget;
  return near.centre === edge.source ? route.atTarget : route.atSource;
}

function toggle(pointed: Pointed | null): void {
  const selected = address.peek().selected;
  const now = pointedOf(selected);
  const same = now && pointed && now.kind === pointed.kind && now.id === pointed.id;
  select(same ? null : pointed);
}

function pointedOf(selected: Selection | null): Pointed | null {
  return selected?.kind === "node" || selected?.kind === "edge" ? { kind: selected.kind, id: selected.id } : null;
}

function pointedAt(target: EventTarget | null): Pointed | null {
  const node = nodeIdAt(target);
  if (node) return { kind: "node", id: node };
  const edge = (target as Element | null)?.closest?.("[data-edge]")?.getAttribute("data-edge");
  return edge ? { kind: "edge", id: edge } : null;
}

function nodeIdAt(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest?.("[data-node]")?.getAttribute("data-node") ?? null;
}

/** What must stay visible beside the panel. */
function sightOf(selected: Pointed, picture: Picture, positions: ReadonlyMap<string, Point>): Box | null {
  const ends = picture.edges.get(selected.id)?.edge;
  const ids = selected.kind === "edge" ? [ends?.source, ends?.target] : [selected.id];
  return boundsOf(ids.flatMap((id) => positions.get(id ?? "") ?? []));
}
